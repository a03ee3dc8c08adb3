"""Means over the films of each group, with intervals that know whose film is whose."""

from dataclasses import dataclass

import numpy as np

from evaluation import bootstrap
from evaluation.auc import macro
from evaluation.plain import plain

ALL, MEAN = "all", "mean"
Estimate = tuple[float | None, list[float] | None]


@dataclass(frozen=True)
class Clustered:
    """Means (rows, c) of c figures, and in B replicates of resampled patients, (B, rows, c).

    A row is a group; the last but one is all films together, the last the mean of the groups.
    """

    rows: tuple[str, ...]
    means: np.ndarray
    drawn: np.ndarray

    def estimate(self, row: str, figure: int) -> Estimate:
        """A mean and its 95 % interval; None where no film has the figure, or one patient all."""
        place = self.rows.index(row)
        return plain(self.means[place, figure]), bootstrap.interval(self.drawn[:, place, figure])


def clustered(
    values: np.ndarray,
    groups: np.ndarray,
    patients: np.ndarray,
    *,
    n_replicates: int = bootstrap.N_REPLICATES,
    seed: int = 0,
) -> Clustered:
    """Means of figures (n, c) of n films by group (n,); NaN figures are left out.

    A difference whose mean is wanted is a figure of its own, so that it is paired.
    """
    bootstrap.check_replicates(n_replicates)
    owners, n_patients = bootstrap.number(patients)
    names = tuple(dict.fromkeys(groups.tolist()))
    members = [*(groups == name for name in names), np.ones(len(groups), bool)]
    draws = [bootstrap.draw(n_patients, seed, replicate) for replicate in range(n_replicates)]
    weights = np.vstack([np.ones(n_patients), *draws])[:, owners]
    means = np.stack([_means(weights[:, who], values[who]) for who in members], axis=1)
    of_groups = macro(np.moveaxis(means[:, :-1], 1, 2))
    # One patient, drawn again and again, says nothing about others.
    single = [len(set(owners[who])) == 1 for who in members]
    means[1:, single] = np.nan
    means = np.concatenate([means, of_groups[:, None]], axis=1)
    return Clustered((*names, ALL, MEAN), means[0], means[1:])


def _means(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mean of each column of values (n, c) under each row of weights (B, n); NaN without weight."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return (weights @ np.where(known, values, 0)) / (weights @ known)
