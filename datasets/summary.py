"""What is in a data set, as plain values: films, patients, labels and split, counted."""

from collections import Counter
from typing import Any

import numpy as np

from datasets.images import NOBODY_KNOWN, PARTS, Films
from datasets.splits import shared_patients


def summarise(films: Films) -> dict[str, Any]:
    """Everything that `data` tells, ready for JSON."""
    return {
        "source": films.source,
        "format": films.format,
        "synthetic": films.synthetic,
        "films": len(films),
        "patients": len(set(films.patients)),
        "patients_from": films.patients_from,
        "split": split_counts(films),
        "labels": list(films.label_names),
        "positives": {part: _positives(films, films.in_part(part)) for part in PARTS}
        | {"all": _positives(films, np.ones(len(films), bool))},
        "not_reported": _by_label(films, np.isnan(films.labels).sum(axis=0)),
        "cooccurrence": cooccurrence(films.labels).tolist(),
        "meta": _meta(films),
        "boxes": dict(sorted(Counter(films.boxes["label"]).items())),
        "notes": list(films.notes),
        "skipped": dict(Counter(film.reason for film in films.skipped)),
    }


def split_counts(films: Films) -> dict[str, Any]:
    """The split's name, its parts' films and patients, and how many these share, if known."""
    masks = {part: films.in_part(part) for part in PARTS}
    return {
        "name": films.split_name,
        "films": {part: int(mask.sum()) for part, mask in masks.items()},
        "patients": {part: len(set(films.patients[mask])) for part, mask in masks.items()},
        "films_in_no_part": int((~np.any(list(masks.values()), axis=0)).sum()),
        "shared_patients": None
        if films.patients_from == NOBODY_KNOWN
        else len(shared_patients(films)),
    }


def cooccurrence(labels: np.ndarray) -> np.ndarray:
    """Films that have both labels, (k, k); the diagonal counts each label's own."""
    present = np.nan_to_num(labels).astype(np.int64)
    return present.T @ present


def _positives(films: Films, mask: np.ndarray) -> dict[str, int]:
    return _by_label(films, np.nansum(films.labels[mask], axis=0))


def _by_label(films: Films, counts: np.ndarray) -> dict[str, int]:
    return {name: int(count) for name, count in zip(films.label_names, counts, strict=True)}


def _meta(films: Films) -> dict[str, Any]:
    ages = films.meta["age"].dropna().astype(float)
    quartiles = np.percentile(ages, (0, 25, 50, 75, 100)).tolist() if len(ages) else None
    counts = {name: dict(sorted(Counter(films.meta[name]).items())) for name in ("sex", "view")}
    return {"age_quartiles": quartiles, **counts}
