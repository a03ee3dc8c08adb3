"""The drawn demonstration set: chest films of nobody, made where they are needed."""
