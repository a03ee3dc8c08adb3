"""What a test set can show, and how large one has to be: from paired replicates of a difference.

Power is the share of studies that show a difference which is there. Both figures take the patients
of the test set as a sample of those that a larger study would have.
"""

import math
from statistics import NormalDist

import numpy as np

POWER = 0.8


def smallest_difference(differences: np.ndarray, level: float) -> float | None:
    """The difference that such a test set shows with 80 % power, by the normal formula.

    None if no replicate differs from another, as for equal rankings.
    Differences (B,) are those of replicates, whose spread is the standard error.
    """
    quantile = NormalDist().inv_cdf
    spread = float(np.nanstd(differences, ddof=1))
    return (quantile(1 - level / 2) + quantile(POWER)) * spread or None


def share_shown(
    differences: np.ndarray, observed: float, level: float, times: np.ndarray
) -> np.ndarray:
    """Power of studies of so many times (s,) the patients, if the observed difference is true.

    Each replicate (B,) is a simulated study. Its difference and its interval come closer to the
    truth by the square root of `times`; it shows a difference whose interval leaves out 0.
    """
    nearest = _errors_at_the_near_end(differences, observed, level)
    return np.mean(nearest > -abs(observed) * np.sqrt(times)[:, None], axis=1)


def patients_needed(
    differences: np.ndarray, observed: float, n_patients: int, level: float
) -> int | None:
    """Patients for 80 % power if the observed difference is true; None if it is 0.

    The power is that of `share_shown`, solved for the number of patients.
    """
    if not observed:
        return None
    nearest = _errors_at_the_near_end(differences, observed, level)
    root = max(0.0, -float(np.quantile(nearest, 1 - POWER))) / abs(observed)
    return math.ceil(n_patients * root**2)


def _errors_at_the_near_end(differences: np.ndarray, observed: float, level: float) -> np.ndarray:
    """How far the end of each study's interval that is nearer to 0 lies from the truth, (B,).

    Positive errors are away from 0.
    """
    known = differences[~np.isnan(differences)]
    errors = math.copysign(1, observed) * (known - observed)
    return errors + np.quantile(errors, level / 2)
