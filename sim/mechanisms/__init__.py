"""What happens between agents: one file a mechanism."""
