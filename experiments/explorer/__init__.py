"""What the questions answer, seen and moved in the browser: the explorer and its server."""
