"""What every part uses and what knows no question: errors, options, the screen, records, verbs."""
