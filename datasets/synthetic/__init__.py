"""The synthetic images: chest radiographs of nobody, drawn where they are needed."""
