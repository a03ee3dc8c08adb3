"""Of `serve`: who is let in, what is asked of the bundle, and what is shown of the answers."""
