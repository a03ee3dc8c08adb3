"""FILMS -> VECTORS: extractors, visual words and the feature store."""
