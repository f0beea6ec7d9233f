"""What is asked of the model, as data: values and names only, composed by ``experiments.config``."""
