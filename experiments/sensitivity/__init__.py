"""Which parameters matter: elementary effects of all of them, paired with common luck."""
