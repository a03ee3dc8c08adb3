"""Of `compare` and `score`: who takes part, what they say, and a verdict in words and pictures."""
