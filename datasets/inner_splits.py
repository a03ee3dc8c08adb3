"""Inner validation images: some of the training patients, on which settings are chosen."""

import numpy as np

from datasets.images import Images
from datasets.splits import deal
from errors import BadSplit, InvalidOption

# Of the training patients; without inner folds.
SHARE = 1 / 5


def check_inner_folds(n_folds: int) -> None:
    """Refuse a number of inner folds that leaves nothing to train on."""
    if n_folds < 0 or n_folds == 1:
        raise InvalidOption(
            f"--inner-folds must be 0, for one inner validation set, or at least 2; got {n_folds}."
        )


def held_out(images: Images, n_folds: int, seed: int) -> list[np.ndarray]:
    """Masks over the training images of a split that mark inner validation images.

    Without inner folds there is one, of a fifth of the training patients; else each fold is held
    out once. A patient is on one side, labels are balanced, and no other image is looked at.
    """
    training = images.select(images.train)
    n_patients, least = len(set(training.patients)), max(2, n_folds)
    if n_patients < least:
        raise InvalidOption(
            f"Settings need {least} training patients to be chosen on; {images.source} has"
            f" {n_patients}. Leave --tune out, or lower --inner-folds."
        )
    shares = np.full(n_folds, 1 / n_folds) if n_folds else np.array([1 - SHARE, SHARE])
    dealt = deal(training, shares, seed)
    masks = [dealt == fold for fold in range(n_folds)] if n_folds else [dealt == 1]
    for mask in masks:
        _check(training.labels[mask], images)
    return masks


def _check(labels: np.ndarray, images: Images) -> None:
    """Refuse inner validation images on which no label has an AUC."""
    positives, negatives = ((labels == kind).any(axis=0) for kind in (1, 0))
    if not (positives & negatives).any():
        raise BadSplit(
            "Inner validation images need a label with positive and negative images; those of"
            f" {images.split_name!r} have none. Leave --tune out, or use more images."
        )
