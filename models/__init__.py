"""VECTORS -> PROBABILITIES: views, classifiers, losses, calibration, thresholds, bundles."""
