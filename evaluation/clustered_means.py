"""Means over the images of each group, with intervals from resampled patients."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from arrays import plain
from evaluation import bootstrap, certainty
from evaluation.auc import macro

ALL, MEAN = "all", "mean"


@dataclass(frozen=True)
class Clustered:
    """Means (rows, c) of c figures, and in B replicates of resampled patients, (B, rows, c).

    A row is a group; the last but one is all images together, the last the mean of the groups.
    `missing` has the reason why a row and figure has no interval, or None.
    """

    rows: tuple[str, ...]
    means: np.ndarray
    resampled: np.ndarray
    missing: tuple[tuple[str | None, ...], ...]

    def estimate(self, row: str, figure: int) -> dict[str, Any]:
        """`value`, a mean, `ci`, its 95 % interval, and `ci_missing`, the reason if it has none."""
        place = self.rows.index(row)
        ci, why = certainty.estimated(self.resampled[:, place, figure], self.missing[place][figure])
        return {"value": plain(self.means[place, figure]), "ci": ci, "ci_missing": why}


def clustered(
    values: np.ndarray,
    groups: np.ndarray,
    patients: np.ndarray,
    *,
    n_replicates: int = bootstrap.N_REPLICATES,
    seed: int = 0,
) -> Clustered:
    """Means of figures (n, c) of n images by group (n,); NaN figures are left out.

    Pass a difference as a figure of its own, so that its replicates are paired.
    """
    bootstrap.check_replicates(n_replicates)
    owners, n_patients = bootstrap.number(patients)
    names = tuple(dict.fromkeys(groups.tolist()))
    members = [*(groups == name for name in names), np.ones(len(groups), bool)]
    draws = [bootstrap.draw(n_patients, seed, replicate) for replicate in range(n_replicates)]
    weights = np.vstack([np.ones(n_patients), *draws])[:, owners]
    means = np.stack([_means(weights[:, who], values[who]) for who in members], axis=1)
    of_groups = macro(np.moveaxis(means[:, :-1], 1, 2))
    means = np.concatenate([means, of_groups[:, None]], axis=1)
    missing = [[_few(owners[who], column[who]) for column in values.T] for who in members]
    missing.append(_no_group(groups, owners, missing[-1]))
    return Clustered((*names, ALL, MEAN), means[0], means[1:], tuple(map(tuple, missing)))


def _no_group(
    groups: np.ndarray, owners: np.ndarray, overall: list[str | None]
) -> list[str | None]:
    """Why the means of the groups have no interval: too few patients in all, or in every group."""
    most = max(len(np.unique(owners[groups == name])) for name in set(groups.tolist()))
    least = certainty.LEAST_OF_A_CLASS
    few = f"no group has {least} patients; at least one is needed" if most < least else None
    return [why or few for why in overall]


def _few(owners: np.ndarray, values: np.ndarray) -> str | None:
    """Why the mean of values (n,) has no interval; None if it has one."""
    known = owners[~np.isnan(values)]
    return certainty.few_patients(len(known), len(np.unique(known)))


def _means(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mean of each column of values (n, c) under each row of weights (B, n); NaN without weight."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return (weights @ np.where(known, values, 0)) / (weights @ known)
