"""Of `predict` and `serve`: films in, findings out."""
