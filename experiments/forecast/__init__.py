"""How good would the forecasts have been, and what do observations leave plausible?"""
