"""Of `localize`: heatmaps against boxes, and against weights in disorder."""
