"""IMAGE -> PREDICTIONS, HEATMAPS, ATTRIBUTIONS: a trained bundle at work."""
