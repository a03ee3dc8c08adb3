"""Wrong calls: decisions of a bundle that differ from the label table."""

from collections.abc import Sequence

import numpy as np

from datasets.images import Images
from errors import InvalidOption
from evaluation.wrong_decisions import class_distances, label_distances
from inference.label_decisions import LABELS_A_IMAGE
from models.bundle import Bundle, Findings


def check(images: Images, label_names: Sequence[str]) -> None:
    """Refuse images without any known label."""
    if np.isnan(_truth(images, label_names)).all():
        raise InvalidOption(
            f"--wrong needs a label table with at least one of these labels:"
            f" {', '.join(label_names)}; {images.source} has none. Name a folder with a label table"
            " by --data, or omit --wrong."
        )


def distances(
    images: Images, bundle: Bundle, findings: Findings, asked: Sequence[int]
) -> np.ndarray:
    """Distances (n, k) of wrong probabilities from their thresholds; NaN where a call is not wrong.

    Of several exclusive classes, both the one chosen and the one missed are wrong, by how far the
    chosen one is ahead of the true one. Only the labels asked for count, or else all of the bundle.
    """
    truth = _truth(images, bundle.labels)
    if bundle.chooses_class:
        chosen = findings.present.astype(bool)
        away = class_distances(truth, findings.calibrated, chosen)
    else:
        away = label_distances(truth, findings.calibrated, bundle.thresholds)
    if asked:
        away[:, np.setdiff1d(np.arange(len(bundle.labels)), asked)] = np.nan
    return away


def first(away: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Row numbers by their worst wrong call; rows without one follow in the order of `others`."""
    return np.lexsort((np.argsort(others), -_worst(away)))


def columns(away: np.ndarray, otherwise: Sequence[Sequence[int]]) -> list[list[int]]:
    """The columns of each image's wrong calls, the worst first; those given if it has none."""
    counts = np.minimum((~np.isnan(away)).sum(axis=1), LABELS_A_IMAGE)
    # NaN sorts behind all numbers.
    orders = np.argsort(-away, axis=1, kind="stable")
    return [
        order[:count].tolist() or list(rest)
        for order, count, rest in zip(orders, counts, otherwise, strict=True)
    ]


def counted(away: np.ndarray) -> str:
    """A sentence that counts the images with a wrong call."""
    count = int((_worst(away) >= 0).sum())
    first = "; those come first" if count else ""
    return f"{count:,} of {len(away):,} images have a wrong call{first}."


def _worst(away: np.ndarray) -> np.ndarray:
    """The largest distance of each image; -1 if no call is wrong."""
    return np.nan_to_num(away, nan=-1.0).max(axis=1)


def _truth(images: Images, label_names: Sequence[str]) -> np.ndarray:
    """The label table for these labels (n, k); NaN where a label is not reported."""
    known = dict(zip(images.label_names, images.labels.T, strict=True))
    unknown = np.full(len(images), np.nan)
    return np.column_stack([known.get(label, unknown) for label in label_names])
