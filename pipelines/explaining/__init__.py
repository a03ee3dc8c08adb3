"""Of `explain`: films with what each branch of a bundle looks at."""
