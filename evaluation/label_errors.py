"""How many labels are probably wrong, by confident learning, with intervals by patient.

A finding is confidently present where its probability reaches the mean over images that are
labelled present, and absent likewise (Northcutt et al., 2021). Entries of the label table against
these are scaled to the number of entries of their kind. This takes errors of a model for errors of
labels, and misses errors of labels that the model has learned.
"""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from evaluation import bootstrap, certainty
from evaluation.certainty import Interval
from evaluation.truth import Truth

# A probability this little below a mean reaches it.
TOLERANCE = 1e-6
HALF = 0.5


class Expected(NamedTuple):
    """The expected share of wrong entries of a label with its interval, or why it has none.

    `present` and `absent` are how many of the entries that say so are expected to be wrong.
    """

    rate: float
    ci: Interval
    ci_missing: str | None
    present: float
    absent: float


class Weighed(NamedTuple):
    """Entries of one kind by rising probability (m,), under weights of replicates.

    `passed` (m + 1, B) is how many are among the first 0 to m; `mean` (B,) is of probabilities.
    """

    values: np.ndarray
    passed: np.ndarray
    mean: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """All entries, (B,)."""
        return self.passed[-1]

    def upto(self, most: np.ndarray) -> np.ndarray:
        """The entries of at most these values, (B,)."""
        rows = np.searchsorted(self.values, most, "right")
        return np.take_along_axis(self.passed, rows[None], axis=0)[0]

    def least(self, least: np.ndarray) -> np.ndarray:
        """The entries of at least these values, (B,)."""
        return self.total - self.upto(np.nextafter(least, -np.inf))


@dataclass(frozen=True)
class Entries:
    """Entries of one label that say the same: probabilities, rising, and patients' numbers."""

    values: np.ndarray
    owners: np.ndarray

    def under(self, weights: np.ndarray) -> Weighed:
        """The entries under weights (patients, B)."""
        own = weights[self.owners].astype(float)
        passed = np.zeros((len(own) + 1, weights.shape[1]))
        np.cumsum(own, axis=0, out=passed[1:])
        with np.errstate(invalid="ignore"):
            return Weighed(self.values, passed, self.values @ own / passed[-1])


def expected(
    truth: Truth,
    probabilities: np.ndarray,
    *,
    n_replicates: int = bootstrap.N_REPLICATES,
    seed: int = 0,
) -> tuple[list[Expected], Expected]:
    """The expected errors of every label and of all together, by probabilities (n, k).

    The probabilities must come from models that have not learned from these images.
    """
    columns = zip(truth.labels.T, probabilities.T, strict=True)
    of_labels = [_entries(*column, truth.owners) for column in columns]
    n_patients = len(np.unique(truth.owners))
    figures = partial(_figures, of_labels)
    whole = figures(bootstrap.once(n_patients))[0].reshape(-1, 3)
    resampled = bootstrap.resample(figures, n_patients, n_replicates, seed)[:, ::3]
    missing = certainty.missing(truth.labels, truth.owners)
    *found, overall = (
        Expected(float(rate), *certainty.estimated(column, why), float(present), float(absent))
        for (rate, present, absent), column, why in zip(
            whole, resampled.T, (*missing.labels, missing.macro), strict=True
        )
    )
    return found, overall


def _entries(
    labels: np.ndarray, probabilities: np.ndarray, owners: np.ndarray
) -> tuple[Entries, Entries]:
    """The entries of one label that say present, and those that say absent."""
    order = np.argsort(probabilities, kind="stable")
    present, absent = (order[labels[order] == kind] for kind in (1, 0))
    return (
        Entries(probabilities[present], owners[present]),
        Entries(probabilities[absent], owners[absent]),
    )


def _figures(of_labels: list[tuple[Entries, Entries]], weights: np.ndarray) -> np.ndarray:
    """Share of wrong entries, wrong present and wrong absent ones of each label and of all, (B, c).

    All together leave out labels of one kind only, which have NaN.
    """
    found = np.array([_wrong(*(each.under(weights) for each in entries)) for entries in of_labels])
    present, absent, count = np.concatenate([found, np.nansum(found, axis=0)[None]]).transpose(
        1, 0, 2
    )
    with np.errstate(invalid="ignore"):
        figures = np.array([(present + absent) / count, present, absent])
    return figures.transpose(2, 1, 0).reshape(weights.shape[1], -1)


def _wrong(present: Weighed, absent: Weighed) -> np.ndarray:
    """Wrong entries that say present, those that say absent, and all entries, (3, B)."""
    least, most = _confident(present.mean, absent.mean)
    # At least one entry of either kind is taken for right.
    right = np.maximum([present.least(least), absent.upto(most)], 1)
    against = np.array([present.upto(most), absent.least(least)])
    counts = np.array([present.total, absent.total])
    found = np.concatenate([counts * against / (against + right), [counts.sum(axis=0)]])
    return np.where((counts > 0).all(axis=0), found, np.nan)


def _confident(high: np.ndarray, low: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From which probability on a finding is confidently present, and up to which one absent, (B,).

    `high` and `low` are the means of images with and without the label. A probability can only be
    both where labels contradict the model as a whole; then it is what is more probable.
    """
    high, low = high - TOLERANCE, low + TOLERANCE
    least = np.maximum(high, np.nextafter(np.minimum(HALF, low), np.inf))
    return least, np.minimum(low, np.maximum(HALF, np.nextafter(high, -np.inf)))
