"""Logistic regression for each label: the baseline that every network has to reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from models.classifier import Classifier, Labelled, validation_auc
from models.exclusive import ranked
from models.search_space import OneOf
from models.views import DEEP, Views, block_scale

__all__ = ["Logistic"]

# From so many numbers in a matrix on, threads pay off.
LARGE = 10_000_000

GRID = (0.1, 0.3, 1.0, 3.0, 10.0)
# A search tries the grid, of which validation images choose, and single penalties.
PENALTIES = OneOf(GRID, *((each,) for each in (0.01, 0.03, *GRID, 30.0, 100.0)))

# Weights (d, k) and biases (k,).
Fit = tuple[np.ndarray, np.ndarray]


@dataclass(repr=False, eq=False, kw_only=True)
class Logistic(Classifier):
    """Logistic regression for each label, with the penalty chosen on validation images.

    With exclusive classes it is one multinomial regression.
    """

    uses_seed: ClassVar[bool] = False

    views: tuple[str, ...] = (DEEP,)
    # Inverse penalties to choose from; they suit any width, because blocks have total variance 1.
    C: Annotated[tuple[float, ...], PENALTIES] = GRID
    max_iter: int = 1000

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds of views it takes."""
        return self.views

    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        self.shift_, self.divisor_ = block_scale(views)
        features, held_out = (self._scaled(each.stacked()) for each in (views, validation[0]))
        models = [LogisticRegression(C=c, max_iter=self.max_iter) for c in self.C]
        # Threads that wait for each other after every small product take fifty times as long.
        with threadpool_limits(1 if features.size < LARGE else None):
            fits = _all_fitted(features, labels, models, self.exclusive)
        logits = (held_out @ weights + biases for weights, biases in fits)
        aucs = [validation_auc(validation[1], ranked(each, self.exclusive)) for each in logits]
        self.weights_, self.biases_ = fits[int(np.argmax(aucs))]

    def _logits(self, views: Views) -> np.ndarray:
        return self._linear(views.stacked())

    @property
    def differentiable_by(self) -> tuple[str, ...]:
        """All kinds of views it takes."""
        return self.needs

    def tensor_logits(self, blocks: dict[str, Any]) -> Any:
        """Logits (n, k) of tensors (n, d) by block name."""
        from features.runtime import tf

        return self._linear(tf.concat([blocks[name] for name in self.view_names_], axis=1))

    def _attribution(self, views: Views, columns: Sequence[int]) -> dict[str, np.ndarray]:
        slopes = (self.weights_.T / self.divisor_)[columns]
        return views.by_block(views.stacked()[:, None] * slopes)

    def _linear(self, features: Any) -> Any:
        return self._scaled(features) @ self.weights_ + self.biases_

    def _scaled(self, features: Any) -> Any:
        return (features - self.shift_) / self.divisor_


def _all_fitted(
    features: np.ndarray, labels: np.ndarray, models: list[LogisticRegression], exclusive: bool
) -> list[Fit]:
    """The fit of each model, computed in the span of the images if they are fewer than the columns.

    A penalised linear model lies in that span, so the narrower problem has the same solution.
    """
    fitted = _fitted_to_classes if exclusive else _fitted
    if len(features) >= features.shape[1]:
        return [fitted(features, labels, model) for model in models]
    basis = np.linalg.qr(features.T)[0]
    narrow = [fitted(features @ basis, labels, model) for model in models]
    return [(basis @ weights, biases) for weights, biases in narrow]


def _fitted(features: np.ndarray, labels: np.ndarray, model: LogisticRegression) -> Fit:
    """Weights and biases of one model; zeros for a label that no image reports."""
    weights = np.zeros((features.shape[1], labels.shape[1]), np.float32)
    biases = np.zeros(labels.shape[1], np.float32)
    reported = ~np.isnan(labels)
    for column in np.flatnonzero(reported.any(axis=0)):
        rows = reported[:, column]
        model.fit(features[rows], labels[rows, column])
        weights[:, column], biases[column] = model.coef_[0], model.intercept_[0]
    return weights, biases


def _fitted_to_classes(features: np.ndarray, labels: np.ndarray, model: LogisticRegression) -> Fit:
    """Weights and biases of one multinomial model; zeros for a class that no image has."""
    weights = np.zeros((features.shape[1], labels.shape[1]), np.float32)
    biases = np.zeros(labels.shape[1], np.float32)
    known = (labels == 1).any(axis=1)
    own = (labels[known] == 1).argmax(axis=1)
    if len(set(own.tolist())) < 2:
        return weights, biases
    model.fit(features[known], own)
    # Of two classes there is one row, the logit of the second.
    there = model.classes_[-len(model.coef_) :]
    weights[:, there], biases[there] = model.coef_.T, model.intercept_
    return weights, biases
