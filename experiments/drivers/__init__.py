"""Which levers decide the ending, together?"""
