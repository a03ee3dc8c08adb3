"""How much of a drop in AUC another mix of patients explains: images weighted to that mix.

Images of one site get weights with which age, sex and view are as common as at the other site. What
the macro AUC loses by weighting is the part of the drop that the mix explains. The rest has other
causes: other equipment, other readers, or findings that look different at the same age.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from arrays import plain
from evaluation import bootstrap, certainty
from evaluation.auc import macro
from evaluation.ranking import Ranking, ranking
from evaluation.subgroups import age_bands

N_REPLICATES = 500
AT_ONCE = 50
NAMES = ("inside", "weighted", "outside", "drop", "explained")


class Cells(NamedTuple):
    """The variables that both sites know, and the cell of each image by them, from 0."""

    variables: tuple[str, ...]
    inside: np.ndarray
    outside: np.ndarray


class Site(NamedTuple):
    """n images of a site: labels and scores (n, k), patients (n,) and cells (n,)."""

    labels: np.ndarray
    scores: np.ndarray
    patients: np.ndarray
    cells: np.ndarray


def cells_of(inside: Mapping[str, Any], outside: Mapping[str, Any]) -> Cells:
    """Cells by age band, sex and view, from the columns `age`, `sex` and `view` of two sites.

    A variable that is unknown for all images of a site is left out.
    """
    pairs = {
        "age": [age_bands(np.asarray(each["age"], float)) for each in (inside, outside)],
        "sex": [np.asarray(each["sex"], object) for each in (inside, outside)],
        "view": [np.asarray(each["view"], object) for each in (inside, outside)],
    }
    used = {name: pair for name, pair in pairs.items() if all((each != "").any() for each in pair)}
    n_inside = len(pairs["age"][0])
    codes = np.zeros(n_inside + len(pairs["age"][1]), int)
    for pair in used.values():
        values = np.unique(np.concatenate(pair).astype(str), return_inverse=True)[1]
        codes = np.unique(np.stack([codes, values]), axis=1, return_inverse=True)[1].ravel()
    return Cells(tuple(used), codes[:n_inside], codes[n_inside:])


def explained(
    inside: Site, outside: Site, *, n_replicates: int = N_REPLICATES, seed: int = 0
) -> dict[str, Any]:
    """Macro AUC inside, inside weighted to the mix of outside, and outside; the drop, and what the
    mix explains of it; each with its interval, for which both sites are resampled by patient.

    Only labels with both classes at both sites count. `covered` is the share of images outside with
    a counterpart inside, and `effective_films` how many equally weighted images the weighted ones
    are worth.
    """
    solid = _both_classes(inside.labels) & _both_classes(outside.labels)
    if not solid.any():
        return {"labels": 0}
    n_cells = int(max(inside.cells.max(), outside.cells.max())) + 1
    ours, theirs = (_Counted.of(each, solid, n_cells) for each in (inside, outside))
    once = [bootstrap.once(each.n_patients) for each in (ours, theirs)]
    whole = _figures(ours, theirs, *once)[0]
    drawn = [_drawn(each, seed, place, n_replicates) for place, each in enumerate((ours, theirs))]
    resampled = np.concatenate([_figures(ours, theirs, *each) for each in zip(*drawn, strict=True)])
    why = ours.reason or theirs.reason
    intervals = (certainty.estimated(column, why) for column in resampled.T)
    weights = _weights(ours, theirs, *once)[:, 0]
    return {
        name: {"value": plain(value), "ci": ci, "ci_missing": missing}
        for name, value, (ci, missing) in zip(NAMES, whole, intervals, strict=True)
    } | {
        "labels": int(solid.sum()),
        "covered": float(np.isin(outside.cells, inside.cells).mean()),
        "effective_films": float(weights.sum() ** 2 / np.square(weights).sum()),
    }


def weighted_aucs(labels: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """AUC of each label under each column of weights (n, B) of images, (B, k); exact with ties."""
    columns = zip(labels.T, scores.T, strict=True)
    return np.column_stack([_aucs(column, values, weights) for column, values in columns])


def _aucs(labels: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """AUC of one label under each column of weights, (B,)."""
    reported = np.flatnonzero(~np.isnan(labels))
    order = reported[np.argsort(scores[reported], kind="stable")]
    values, positive = scores[order], labels[order] == 1
    passed = np.zeros((len(order) + 1, weights.shape[1]))
    np.cumsum(weights[order] * ~positive[:, None], axis=0, out=passed[1:])
    lower = np.searchsorted(values, values[positive], "left")
    upto = np.searchsorted(values, values[positive], "right")
    ours = weights[order[positive]]
    won = (ours * (passed[lower] + passed[upto]) / 2).sum(axis=0)
    with np.errstate(invalid="ignore"):
        return won / (ours.sum(axis=0) * passed[-1])


class _Counted(NamedTuple):
    """A site with patients' numbers (n,), and how many images of each cell a patient has."""

    site: Site
    owners: np.ndarray
    counts: np.ndarray
    rankings: list[Ranking]
    reason: str | None

    @classmethod
    def of(cls, site: Site, labels: np.ndarray, n_cells: int) -> "_Counted":
        """The counts of a site over these labels (k,)."""
        owners, n_patients = bootstrap.number(site.patients)
        kept = site._replace(labels=site.labels[:, labels], scores=site.scores[:, labels])
        counts = np.zeros((n_cells, n_patients))
        np.add.at(counts, (site.cells, owners), 1)
        columns = zip(kept.labels.T, kept.scores.T, strict=True)
        rankings = [ranking(*column, owners, n_patients) for column in columns]
        return cls(kept, owners, counts, rankings, certainty.missing(kept.labels, owners).macro)

    @property
    def n_patients(self) -> int:
        """How many patients the site has."""
        return self.counts.shape[1]


def _figures(ours: _Counted, theirs: _Counted, own: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The figures NAMES under weights (patients, B) of both sites, (B, 5)."""
    inside, outside = (
        macro(bootstrap.aucs(site.rankings, each)) for site, each in ((ours, own), (theirs, others))
    )
    weights = _weights(ours, theirs, own, others)
    weighted = macro(weighted_aucs(ours.site.labels, ours.site.scores, weights))
    return np.column_stack([inside, weighted, outside, inside - outside, inside - weighted])


def _weights(ours: _Counted, theirs: _Counted, own: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Weights (n, B) of images with which cells are as common as at the other site."""
    here, there = ours.counts @ own, theirs.counts @ others
    ratio = np.divide(there, here, out=np.zeros_like(there), where=here > 0)
    return np.asarray(own[ours.owners] * ratio[ours.site.cells])


def _drawn(site: _Counted, seed: int, place: int, n_replicates: int) -> Iterator[np.ndarray]:
    """How often each patient is drawn, (patients, B), for some replicates at a time.

    The sites are drawn independently, so each has replicates of its own numbers.
    """
    replicates = range(place * n_replicates, (place + 1) * n_replicates)
    for start in range(0, n_replicates, AT_ONCE):
        drawn = [
            bootstrap.draw(site.n_patients, seed, each)
            for each in replicates[start : start + AT_ONCE]
        ]
        yield np.column_stack(drawn).astype(np.int16)


def _both_classes(labels: np.ndarray) -> np.ndarray:
    """Labels (n, k) that have both classes, (k,)."""
    return np.asarray((labels == 1).any(axis=0) & (labels == 0).any(axis=0))
