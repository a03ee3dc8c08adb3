"""Images to features: extractors, visual words and the feature store."""
