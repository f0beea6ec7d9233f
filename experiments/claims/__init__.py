"""Does each conditional of the report hold in the model?"""
