"""Boosting one label at a time on the same features: what one machine and a cluster share."""

from abc import abstractmethod
from typing import Any

import numpy as np
import xgboost

Parameters = dict[str, Any]


class BoostingData:
    """Features of images in the form that trees grow on, and labels (n, k) to show one by one."""

    labels: np.ndarray

    @abstractmethod
    def with_label(self, column: int, **options: Any) -> Any:
        """XGBoost's matrix of the features with one label; options are those of the matrix."""

    @abstractmethod
    def grow(
        self, matrix: Any, parameters: Parameters, rounds: int, **options: Any
    ) -> xgboost.Booster:
        """A booster of so many trees on a matrix; options are those of XGBoost's `train`."""

    def targets(self, column: int) -> tuple[np.ndarray, np.ndarray]:
        """Targets and weights (n,) of a label; an image that does not report it has weight 0."""
        labels = self.labels[:, column]
        return np.nan_to_num(labels).astype(np.float32), (~np.isnan(labels)).astype(np.float32)

    def has_both(self, column: int) -> bool:
        """Whether the label is present in some image and absent in another."""
        return {0, 1} <= set(self.labels[:, column].tolist())


def boosted(
    training: BoostingData,
    validation: BoostingData,
    column: int,
    parameters: Parameters,
    rounds: int,
    stopping_rounds: int,
    **options: Any,
) -> xgboost.Booster:
    """The booster of a label, cut at its best round if validation has both classes of the label.

    Options are those of XGBoost's `train`.
    """
    bins = {"max_bin": parameters["max_bin"]}
    matrix = training.with_label(column, **bins)
    if not validation.has_both(column):
        return training.grow(matrix, parameters, rounds, **options)
    booster = training.grow(
        matrix,
        parameters,
        rounds,
        evals=[(validation.with_label(column, ref=matrix, **bins), "validation")],
        early_stopping_rounds=stopping_rounds,
        verbose_eval=False,
        **options,
    )
    return booster[: booster.best_iteration + 1]
