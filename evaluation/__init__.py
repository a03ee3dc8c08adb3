"""PROBABILITIES -> STATISTICS: AUC with intervals and tests by patient, calibration, decisions."""
