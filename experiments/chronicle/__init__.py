"""What happened in one run: watched day by day, and told as dated sentences with place and reason."""
