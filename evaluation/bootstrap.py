"""AUCs of resampled patients, for intervals and tests that respect repeated images of a patient.

A replicate draws as many patients as there are, with replacement, and takes all their images. The
draws depend only on the seed and the number of patients, so replicates of two models over the same
images are paired.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from errors import InvalidOption
from evaluation.auc import macro
from evaluation.ranking import Ranking, ranking

# The smallest p, 2 / 2001, is then below 0.001, which gives two digits to a p near 5 % divided by
# three, the comparisons of a usual run. Twice as many add no digit and double the time.
N_REPLICATES = 2000
# A 95 % interval leaves out one replicate in 40 at either end.
ONE_IN = 40
# A patient's weights in the fewest replicates fill half a cache line. More at once are faster, as
# long as the weights of all patients stay in the processor's cache.
FEWEST_AT_ONCE, MOST_AT_ONCE, WEIGHTS_AT_ONCE = 16, 64, 1 << 18


# From weights (patients, B) to figures (B, c).
Figures = Callable[[np.ndarray], np.ndarray]
# Numbers of patients by stratum; () to draw from all patients.
Strata = Sequence[np.ndarray]


class Workers(NamedTuple):
    """Who computes replicates: `work` behaves like `map`, on so many shares of the work."""

    work: Callable[..., Iterable[np.ndarray]] = map
    shares: int = 1


def in_threads(
    work: Callable[[Sequence[range]], np.ndarray], shares: Iterable[Sequence[range]]
) -> list[np.ndarray]:
    """What `map` returns, computed by threads: NumPy and SciPy release the interpreter."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(work, shares))


ALONE = Workers(in_threads, os.cpu_count() or 1)


@dataclass(frozen=True)
class Replicates:
    """AUCs of B replicates, or their differences: labels (B, k), macro (B,) and micro (B,).

    A label with one class in a replicate is NaN and does not count in that replicate's macro AUC.
    `whole` (k + 1,) has the AUC of each label and the micro AUC without resampling.
    """

    labels: np.ndarray
    macro: np.ndarray
    micro: np.ndarray
    whole: np.ndarray

    @classmethod
    def of(cls, aucs: np.ndarray, whole: np.ndarray) -> "Replicates":
        """From the AUC of each label, and the micro AUC at the end, (B, k + 1)."""
        return cls(aucs[:, :-1], macro(aucs[:, :-1]), aucs[:, -1], whole)

    def __sub__(self, other: "Replicates") -> "Replicates":
        return Replicates(
            self.labels - other.labels,
            self.macro - other.macro,
            self.micro - other.micro,
            self.whole - other.whole,
        )


def replicates(
    labels: np.ndarray,
    scores: np.ndarray,
    patients: np.ndarray,
    *,
    n_replicates: int = N_REPLICATES,
    seed: int = 0,
    workers: Workers = ALONE,
    strata: Strata = (),
) -> Replicates:
    """Replicates of the per-label, macro and micro AUC of scores (n, k) under labels (n, k)."""
    numbers, n_patients = number(patients)
    owners = np.broadcast_to(numbers[:, None], labels.shape)
    columns = zip(labels.T, scores.T, owners.T, strict=True)
    rankings = [ranking(*column, n_patients) for column in (*columns, (labels, scores, owners))]
    figures = partial(aucs, rankings)
    resampled = resample(figures, n_patients, n_replicates, seed, workers, strata)
    return Replicates.of(resampled, figures(once(n_patients))[0])


def check_replicates(number: int) -> None:
    """Refuse fewer replicates than an interval needs."""
    if number < ONE_IN - 1:
        raise InvalidOption(
            f"A 95 % interval needs at least {ONE_IN - 1} bootstrap replicates; got {number}. The"
            f" usual number is {N_REPLICATES}."
        )


def number(patients: np.ndarray) -> tuple[np.ndarray, int]:
    """A number for each image's patient, (n,), and how many patients there are."""
    known, numbers = np.unique(patients, return_inverse=True)
    # SciPy keeps the columns of a sparse array like this, and it takes half the memory of 64 bits.
    return numbers.astype(np.int32), len(known)


def aucs(rankings: Sequence[Ranking], weights: np.ndarray) -> np.ndarray:
    """AUC of each ranking under each column of weights (patients, B), (B, rankings)."""
    return np.column_stack([each.aucs(weights) for each in rankings])


def once(n_patients: int) -> np.ndarray:
    """The weights (patients, 1) of the images themselves: every patient once."""
    return np.ones((n_patients, 1), np.int16)


def resample(
    figures: Figures,
    n_patients: int,
    n_replicates: int,
    seed: int,
    workers: Workers = ALONE,
    strata: Strata = (),
) -> np.ndarray:
    """Figures (B, c) of all replicates, from the figures of weights (patients, B).

    With strata, such as sites, each replicate has as many patients of a stratum as there are.
    """
    check_replicates(n_replicates)
    # The chunks do not depend on the workers, so that sums are always taken in the same order.
    at_once = min(max(WEIGHTS_AT_ONCE // n_patients, FEWEST_AT_ONCE), MOST_AT_ONCE)
    starts = range(0, n_replicates, at_once)
    chunks = [range(start, min(start + at_once, n_replicates)) for start in starts]
    each = -(-len(chunks) // workers.shares)
    shares = [chunks[first : first + each] for first in range(0, len(chunks), each)]
    computed = workers.work(partial(_share, figures, n_patients, seed, strata), shares)
    return np.concatenate(list(computed))


def _share(
    figures: Figures, n_patients: int, seed: int, strata: Strata, chunks: Sequence[range]
) -> np.ndarray:
    """Figures of the replicates of these chunks."""
    computed = []
    for chunk in chunks:
        weights = np.empty((n_patients, len(chunk)), np.int16)
        for column, replicate in enumerate(chunk):
            weights[:, column] = draw(n_patients, seed, replicate, strata)
        computed.append(figures(weights))
    return np.concatenate(computed)


def draw(n_patients: int, seed: int, replicate: int, strata: Strata = ()) -> np.ndarray:
    """How often each patient is drawn in a replicate, (patients,)."""
    rng = np.random.default_rng([seed, replicate])
    if not strata:
        drawn = rng.integers(n_patients, size=n_patients)
    else:
        drawn = np.concatenate([each[rng.integers(len(each), size=len(each))] for each in strata])
    return np.bincount(drawn, minlength=n_patients).astype(float)


def interval(figures: np.ndarray, one_in: int = ONE_IN) -> list[float] | None:
    """95 % percentile interval of figures (B,) without NaN; None where too few are left.

    Its ends are order statistics, chosen so that it excludes 0 exactly where `p_value` <= 0.05.
    Another level leaves out one replicate in `one_in` at either end.
    """
    known = np.sort(figures[~np.isnan(figures)])
    aside = (len(known) + 1) // one_in - 1
    if aside < 0:
        return None
    return [float(known[aside]), float(known[-1 - aside])]


def p_value(differences: np.ndarray) -> float:
    """Two-sided p of no difference from replicates (B,): never 0, and exactly 1 if all are 0."""
    known = differences[~np.isnan(differences)]
    rarer = min(np.count_nonzero(known <= 0), np.count_nonzero(known >= 0))
    return float(min(1.0, 2 * (1 + rarer) / (1 + len(known))))
