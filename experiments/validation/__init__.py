"""Does the model look like the world?"""
