"""The agents: one file a kind, with its table (each field with its unit) and the rules that it follows."""
