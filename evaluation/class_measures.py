"""Exclusive classes of one model, counted by patient once and then for any of their weights."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from evaluation.class_choice import most_probable, of_all_classes
from evaluation.class_evidence import ClassEvidence
from evaluation.ranking import Ranking, product, ranking


@dataclass(frozen=True)
class ClassMeasures:
    """Images by patient of each cell of the confusion matrix (c c, patients); the rankings of each
    class among it and each other one; and the sum of each patient's confidence, (patients,).
    """

    cells: csr_array
    pairs: tuple[Ranking, ...]
    confidence: np.ndarray

    def __call__(self, weights: np.ndarray) -> ClassEvidence:
        """The evidence under whole weights (patients, B)."""
        n_classes, count = round(self.cells.shape[0] ** 0.5), weights.shape[1]
        confusion = product(self.cells, weights).T.reshape(count, n_classes, n_classes)
        pairs = np.column_stack([each.aucs(weights) for each in self.pairs])
        return ClassEvidence(confusion.astype(float), pairs, self.confidence @ weights)


def class_measures(
    labels: np.ndarray, probabilities: np.ndarray, owners: np.ndarray
) -> ClassMeasures:
    """The measures of probabilities (n, c) under labels (n, c), or (n, 1) of one of two classes.

    Each image has one class; owners (n,) are patients from 0.
    """
    labels, probabilities = of_all_classes(labels), of_all_classes(probabilities)
    n_patients, n_classes = int(owners.max()) + 1, labels.shape[1]
    truth, chosen = labels.argmax(axis=1), most_probable(probabilities).argmax(axis=1)
    cells = _sums(n_classes * truth + chosen, owners, (n_classes**2, n_patients))
    pairs = [
        _pair(truth, probabilities[:, own], owners, (own, other), n_patients)
        for own in range(n_classes)
        for other in range(n_classes)
        if own != other
    ]
    confidence = np.bincount(owners, probabilities.max(axis=1), minlength=n_patients)
    return ClassMeasures(cells, tuple(pairs), confidence)


def _pair(
    truth: np.ndarray,
    scores: np.ndarray,
    owners: np.ndarray,
    classes: tuple[int, int],
    n_patients: int,
) -> Ranking:
    """The ranking of images of two classes by the probability of the first."""
    of_two = np.isin(truth, classes)
    return ranking((truth == classes[0])[of_two] * 1.0, scores[of_two], owners[of_two], n_patients)


def _sums(rows: np.ndarray, owners: np.ndarray, shape: tuple[int, int]) -> csr_array:
    return csr_array((np.ones(len(rows), np.int32), (rows, owners)), shape)
