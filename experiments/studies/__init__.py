"""What changes over scenarios and parameter values, and how sure is a difference?"""
