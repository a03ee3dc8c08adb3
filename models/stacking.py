"""Stacking: shares of members by what they predict for images that they did not learn from."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import nnls
from scipy.special import log_softmax

from models.classifier import Classifier
from models.plain_arrays import Labelled
from models.weighted_members import scale


def folds_of(owners: np.ndarray, cv: int, seed: int) -> np.ndarray:
    """The fold (n,) of each image from 0, at most `cv` of them; those of one patient are in one."""
    patients, places = np.unique(owners, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(patients))
    return (order % min(cv, len(patients)))[places]


def out_of_fold(
    members: Sequence[Sequence[Classifier]],
    training: Labelled,
    validation: Labelled,
    folds: np.ndarray,
    exclusive: bool,
) -> np.ndarray:
    """Logits (members, n, k) of training images, by members that learned from the other folds.

    `members` are those of each fold, not fitted yet. Each fold is standardised on its own, because
    members of different folds may have different scales. With one fold, nothing is known: zeros.
    """
    views, labels = training
    logits = np.zeros((len(members[0]), *labels.shape))
    for fold, made in enumerate(members if len(members) > 1 else ()):
        held, learned = folds == fold, folds != fold
        others = views.select(learned), labels[learned]
        fitted = [member._fit(*others, validation, exclusive) for member in made]
        own = np.stack([member.decision_function(views.select(held)) for member in fitted])
        own = log_softmax(own, axis=2) if exclusive else own
        centres, spreads = scale(own, exclusive)
        logits[:, held] = (own - centres) / spreads
    return logits


def stacked_shares(standard: np.ndarray, labels: np.ndarray, alpha: float) -> np.ndarray:
    """Shares (members,) of a ridge regression of labels (n, k) on logits (members, n, k).

    Its weights are not negative, and it has the same ones for all labels, each of which counts the
    same. `alpha` is the penalty on their squares beside the sum over n images of the mean squared
    error over labels. Weights are divided by their sum; without any, shares are equal.
    """
    known = ~np.isnan(labels)
    each = known.sum(axis=0)
    targets = np.where(known, labels - _means(labels, known), 0.0)
    targets /= np.sqrt(np.maximum((targets**2).sum(axis=0) / np.maximum(each, 1), 1e-12))
    count = max(int(known.sum()), 1)
    rows = np.where(known, standard, 0.0).reshape(len(standard), -1)
    gram = rows @ rows.T / count + alpha / len(labels) * np.eye(len(rows))
    # The same minimum as that of all rows, from as many rows as members.
    root = np.linalg.cholesky(gram)
    weights, _ = nnls(root.T, np.linalg.solve(root, rows @ targets.ravel() / count))
    total = weights.sum()
    return weights / total if total > 0 else np.full(len(rows), 1 / len(rows))


def _means(labels: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The mean (k,) of the reported labels; 0 for a label that is never reported."""
    return np.where(known, labels, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
