"""Which scenarios and parameters are there, and is a file of one's own right?"""
