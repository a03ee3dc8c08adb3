"""Whether a difference lies within a margin: two one-sided tests on replicates of patients.

Schuirmann's procedure (TOST, 1987): a difference is equivalent to 0 at the level of 5 % if its 90 %
interval lies within the margin on either side of 0. Both tests are then significant at 5 %.
"""

import math

import numpy as np

from errors import InvalidOption
from evaluation import bootstrap

MARGIN = 0.01
# A 90 % interval leaves out one replicate in 20 at either end.
ONE_IN = 20


def check_margin(margin: float) -> None:
    """Refuse a margin that no difference can lie within."""
    if not (math.isfinite(margin) and margin > 0):
        raise InvalidOption(
            f"--margin must be a difference in AUC above 0; got {margin}. The usual one is"
            f" {MARGIN} (--margin {MARGIN})."
        )


def interval(differences: np.ndarray) -> list[float] | None:
    """90 % percentile interval of differences (B,); None where too few replicates have one.

    It lies within the margin exactly where `p_value` <= 0.05.
    """
    return bootstrap.interval(differences, ONE_IN)


def p_value(differences: np.ndarray, margin: float) -> float:
    """The larger p of two one-sided tests: that a difference (B,) is above −margin, and below it.

    It is never 0.
    """
    known = differences[~np.isnan(differences)]
    outside = max(np.count_nonzero(known <= -margin), np.count_nonzero(known >= margin))
    return float((1 + outside) / (1 + len(known)))
