"""Under which conditions does something come true: boxes of parameters in which it mostly does."""
