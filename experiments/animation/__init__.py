"""One run as a moving picture: how does the map change from week to week, and what happens?"""
