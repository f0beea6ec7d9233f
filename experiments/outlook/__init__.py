"""How likely is each ending and each key question in one scenario?"""
