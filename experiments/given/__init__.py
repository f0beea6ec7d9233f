"""What is the outlook among the futures in which something came true?"""
