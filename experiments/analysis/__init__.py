"""Pure analysis: arrays and tables in, tables out. Nothing here knows the model, the store or a figure."""
