"""Named randomness: streams, the generator behind them, distributions."""
