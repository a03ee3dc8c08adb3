"""The answer of each comparison: the model raises or lowers macro AUC, is equivalent, or neither.

A difference is claimed if its 95 % interval leaves out 0 and its p, corrected for the number of
comparisons, is at most 5 %. Otherwise the models are equivalent if the 90 % interval lies within
the margin. If neither holds, the comparison is inconclusive.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from evaluation import equivalence, power
from evaluation.bootstrap import Replicates
from evaluation.certainty import Missing
from evaluation.comparison import LEVEL, compare, corrected
from evaluation.scores import Scores
from evaluation.truth import Truth

RAISES, LOWERS = "raises", "lowers"
EQUIVALENT, INCONCLUSIVE = "equivalent", "inconclusive"
# p values are reached by multiplying, so 0.05 may be missed by the last digit.
DIGITS = 9


class Terms(NamedTuple):
    """The margin of equivalence, and the controls, which no correction for other models counts."""

    margin: float = equivalence.MARGIN
    controls: frozenset[str] = frozenset()


USUAL = Terms()


def between(models: Iterable[str]) -> list[tuple[str, str]]:
    """Every two models once, as (model, baseline); the earlier one is the baseline."""
    return [(later, earlier) for earlier, later in combinations(models, 2)]


def compared(
    truth: Truth,
    scores: Mapping[str, Scores],
    resampled: Mapping[str, Replicates],
    missing: Missing,
    pairs: Sequence[tuple[str, str]],
    terms: Terms,
) -> list[dict[str, Any]]:
    """Each pair (model, baseline) compared, with its answer; p is corrected over all but controls.

    Pass every pair once, whichever of the two is the baseline.
    """
    found = [
        compare(truth, scores[one], scores[other], resampled[one], resampled[other], missing)
        for one, other in pairs
    ]
    asked = [each for each in found if each["model"] not in terms.controls]
    n_replicates = len(next(iter(resampled.values())).macro)
    corrected(asked, n_replicates)
    n_tests = max(1, sum(each["p"] is not None for each in asked))
    n_patients = len(np.unique(truth.owners))
    for each in found:
        differences = resampled[each["model"]].macro - resampled[each["baseline"]].macro
        level = LEVEL if each["model"] in terms.controls else LEVEL / n_tests
        each |= answered(each, differences, n_patients, level, terms.margin)
    return found


def answered(
    comparison: Mapping[str, Any],
    differences: np.ndarray,
    n_patients: int,
    level: float,
    margin: float,
) -> dict[str, Any]:
    """A comparison's `answer`, and what it follows from; differences (B,) are its replicates.

    `smallest_difference` is what these patients show with 80 % power at the level that a correction
    for all comparisons leaves; `patients_needed` is how many the observed difference takes.
    """
    known = comparison["ci"] is not None
    p = equivalence.p_value(differences, margin) if known else None
    within = p is not None and round(p, DIGITS) <= LEVEL
    answer = claim(comparison) or (EQUIVALENT if within else INCONCLUSIVE)
    needed = None
    if known and answer == INCONCLUSIVE:
        needed = power.patients_needed(
            differences, comparison["delta_macro_auc"], n_patients, level
        )
    return {
        "answer": answer,
        "margin": margin,
        "within_margin": within,
        "equivalence_ci": equivalence.interval(differences) if known else None,
        "equivalence_p": p,
        "p_resolution": 2 / (1 + len(differences)),
        "smallest_difference": power.smallest_difference(differences, level) if known else None,
        "patients_needed": needed,
    }


def claim(comparison: Mapping[str, Any]) -> str:
    """`raises` or `lowers`, if the interval and the corrected p allow it; else nothing."""
    ci = comparison["ci"]
    uncertain = round(comparison.get("p_holm") or 0, DIGITS) > LEVEL
    if ci is None or uncertain or ci[0] <= 0 <= ci[1]:
        return ""
    return RAISES if ci[0] > 0 else LOWERS
