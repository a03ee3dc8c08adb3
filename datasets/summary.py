"""What is in a data set: counts of images, patients and labels in each set of the split."""

from collections import Counter
from typing import Any

import numpy as np

from datasets.images import NOBODY_KNOWN, SETS, Images
from datasets.splits import shared_patients


def summarise(images: Images) -> dict[str, Any]:
    """All counts that `data` shows, as values for JSON."""
    return {
        "source": images.source,
        "format": images.format,
        "synthetic": images.synthetic,
        "films": len(images),
        "patients": len(set(images.patients)),
        "patients_from": images.patients_from,
        "split": split_counts(images),
        "labels": list(images.label_names),
        "positives": {name: _positives(images, images.in_set(name)) for name in SETS}
        | {"all": _positives(images, np.ones(len(images), bool))},
        "not_reported": _by_label(images, np.isnan(images.labels).sum(axis=0)),
        "cooccurrence": cooccurrence(images.labels).tolist(),
        "meta": _meta(images),
        "boxes": dict(sorted(Counter(images.boxes["label"]).items())),
        "notes": list(images.notes),
        "skipped": dict(Counter(image.reason for image in images.skipped)),
    }


def split_counts(images: Images) -> dict[str, Any]:
    """The name of the split, images and patients of each set, and how many patients they share."""
    masks = {name: images.in_set(name) for name in SETS}
    return {
        "name": images.split_name,
        "films": {name: int(mask.sum()) for name, mask in masks.items()},
        "patients": {name: len(set(images.patients[mask])) for name, mask in masks.items()},
        "films_in_no_part": int((~np.any(list(masks.values()), axis=0)).sum()),
        "shared_patients": None
        if images.patients_from == NOBODY_KNOWN
        else len(shared_patients(images)),
    }


def cooccurrence(labels: np.ndarray) -> np.ndarray:
    """The number of images with both labels (k, k); with one label on the diagonal."""
    present = np.nan_to_num(labels).astype(np.int64)
    return present.T @ present


def _positives(images: Images, mask: np.ndarray) -> dict[str, int]:
    return _by_label(images, np.nansum(images.labels[mask], axis=0))


def _by_label(images: Images, counts: np.ndarray) -> dict[str, int]:
    return {name: int(count) for name, count in zip(images.label_names, counts, strict=True)}


def _meta(images: Images) -> dict[str, Any]:
    ages = images.meta["age"].dropna().astype(float)
    quartiles = np.percentile(ages, (0, 25, 50, 75, 100)).tolist() if len(ages) else None
    counts = {name: dict(sorted(Counter(images.meta[name]).items())) for name in ("sex", "view")}
    return {"age_quartiles": quartiles, **counts}
