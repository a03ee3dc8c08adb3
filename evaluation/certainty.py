"""Whether there are enough patients to estimate how uncertain a figure is.

Resampling few patients understates the uncertainty, and resampling one patient shows none. Below
the counts here, a figure gets a reason instead of an interval and a p value.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from evaluation.bootstrap import ONE_IN, interval

LEAST_PATIENTS = 20
# Of patients with the finding, and of patients without it. Where 10 patients have the finding, 91
# of 100 intervals hold the true AUC; where 5 have it, 83; where 2 have it, 55. With 20 patients, a
# quarter of them with the finding, 89 do; with 10, 75; with 5, 36 (`benchmarks/coverage.py`).
LEAST_OF_A_CLASS = 5
# Intervals with fewer come with a caution, and groups with fewer are not compared.
FEW_OF_A_CLASS = 10
SAME = "resampling patients does not change the value, and this does not make it certain"
Interval = list[float] | None


class Missing(NamedTuple):
    """Why the AUC of each label, the macro and the micro AUC have no interval; None if they do."""

    labels: tuple[str | None, ...]
    macro: str | None
    micro: str | None


class Counts(NamedTuple):
    """Images that report a label, their patients, and those with and without the finding."""

    images: int
    patients: int
    positive: int
    negative: int


def count(labels: np.ndarray, owners: np.ndarray) -> Counts:
    """Counts of one label (n,), or of several pooled (n, k); owners (n,) are patients' numbers."""
    per_image = labels[:, None] if labels.ndim == 1 else labels
    positive, negative = ((per_image == kind).any(axis=1) for kind in (1, 0))
    reported = positive | negative
    patients = (_distinct(owners[who]) for who in (reported, positive, negative))
    return Counts(int(np.count_nonzero(reported)), *patients)


def missing(labels: np.ndarray, owners: np.ndarray) -> Missing:
    """Why AUCs of labels (n, k) have no interval, over images of owners (n,)."""
    pooled = count(labels, owners)
    overall = few_patients(pooled.images, pooled.patients)
    by_label = tuple(overall or _few(count(column, owners), "the finding") for column in labels.T)
    macro = of_any(by_label)
    return Missing(by_label, overall or macro, overall or _few(pooled, "a finding"))


def few_patients(images: int, patients: int, label: str = "") -> str | None:
    """Why figures on so many images of so many patients have no interval; None if they have one."""
    if patients >= LEAST_PATIENTS:
        return None
    if images == patients:
        which = f" that reports {label}" if label else ""
        counted = f"each image{which} counts as one patient, which makes {patients}"
    else:
        which = f" that report {label}" if label else ""
        counted = f"the {images:,} images{which} come from {_number(patients)}"
    return f"{counted}; at least {LEAST_PATIENTS} are needed"


def estimated(figures: np.ndarray, why: str | None) -> tuple[Interval, str | None]:
    """The interval of a figure from its replicates (B,), or None and the reason."""
    if why:
        return None, why
    ci = interval(figures)
    if ci is None:
        return None, f"fewer than {ONE_IN - 1} replicates have this figure"
    if not np.isfinite(ci).all():
        return None, f"in one of {ONE_IN} replicates or more it is divided by 0"
    return (None, SAME) if ci[0] == ci[1] else (ci, None)


def _few(counts: Counts, finding: str) -> str | None:
    """Why one label has no interval; None if it has one."""
    for patients, side in ((counts.positive, "with"), (counts.negative, "without")):
        if patients < LEAST_OF_A_CLASS:
            have = f"{_number(patients)} {'has' if patients == 1 else 'have'} images {side}"
            return f"{have} {finding}; at least {LEAST_OF_A_CLASS} are needed"
    return few_patients(counts.images, counts.patients, "the label")


def of_any(reasons: Sequence[str | None]) -> str | None:
    """Why a mean over labels has no interval; None if any of the labels has one."""
    if None in reasons:
        return None
    if len(reasons) == 1:
        return reasons[0]
    return (
        f"no label has {LEAST_PATIENTS} patients, {LEAST_OF_A_CLASS} of them with and"
        f" {LEAST_OF_A_CLASS} without the finding; at least one is needed"
    )


def _number(patients: int) -> str:
    return f"{patients} patient{'' if patients == 1 else 's'}"


def _distinct(numbers: np.ndarray) -> int:
    return int(np.count_nonzero(np.bincount(numbers)))
