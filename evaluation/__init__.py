"""PROBABILITIES -> VERDICT: AUC with intervals and tests by patient, calibration, decisions."""
