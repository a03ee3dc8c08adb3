"""What every model of a comparison predicts for the images of one external data set."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from evaluation.scores import Scores
from evaluation.truth import Truth

# Below it a figure on a finding is hardly more than an anecdote.
FEW_POSITIVES = 10


@dataclass(frozen=True)
class SiteScores:
    """The predictions of every model, controls included, for all images of an external data set.

    `truth` has n images with k labels: the findings that the data set shares with the training set,
    under the training set's names. Each of `scores` by model is over the same images and labels in
    the same order: the mean of the calibrated probabilities of all its trainings (seeds and folds),
    none of which has learned from these images. `by_training` by model has those of each training,
    (folds, seeds, n, k). `thresholds` by model, (k,) or (n, k), come from validation images of the
    training set; NaN for a label without one. `classes` are those of which each image has exactly
    one, () where labels are independent.
    """

    name: str
    truth: Truth
    scores: Mapping[str, Scores]
    by_training: Mapping[str, np.ndarray]
    thresholds: Mapping[str, np.ndarray]
    classes: tuple[str, ...] = ()

    @property
    def rare(self) -> dict[str, int]:
        """The number of positive images of each label that has fewer than 10."""
        counts = np.count_nonzero(self.truth.labels == 1, axis=0).tolist()
        pairs = zip(self.truth.label_names, counts, strict=True)
        return {label: count for label, count in pairs if count < FEW_POSITIVES}
