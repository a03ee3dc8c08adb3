"""Features of images as XGBoost needs them on one machine: in bins to learn, raw to validate."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import xgboost

from models.label_boosting import BoostingData, Parameters
from models.plain_arrays import Labelled
from models.views import Views
from progress import step

ROUNDS_BETWEEN_STEPS = 10
ALL = slice(None)


class Chunks(xgboost.DataIter):
    """Views as XGBoost reads them: some images at a time, so that they are never joined whole."""

    def __init__(self, views: Views, columns: slice) -> None:
        super().__init__()
        self.views, self.columns = views, columns
        self.reset()

    def reset(self) -> None:
        """Start again with the first images; XGBoost reads all of them several times."""
        self.parts = self.views.parts()

    def next(self, input_data: Callable[..., None]) -> bool:
        """Give the next images; False if there are no more."""
        for part in self.parts:
            step(f"bin the features of {len(self.views):,} images")
            input_data(data=part.stacked()[:, self.columns])
            return True
        return False


class Rounds(xgboost.callback.TrainingCallback):
    """Shows the round and the loss that a booster is at."""

    def __init__(self, doing: str, first: int = 0) -> None:
        super().__init__()
        self.doing, self.first = doing, first

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """Show it now and then, and go on."""
        if epoch % ROUNDS_BETWEEN_STEPS == 0:
            losses = [loss[-1] for log in evals_log.values() for loss in log.values()]
            place = f"{self.doing}, round {self.first + epoch}"
            step(place + "".join(f", loss {loss:.4f}" for loss in losses))
        return False


@dataclass(frozen=True)
class Quantised(BoostingData):
    """Features (n, d) that are prepared once for all labels, and labels (n, k)."""

    matrix: xgboost.DMatrix
    labels: np.ndarray

    def with_label(self, column: int, **options: Any) -> xgboost.DMatrix:
        """The matrix with one label; it is binned already, and needs no options."""
        targets, weights = self.targets(column)
        self.matrix.set_label(targets)
        self.matrix.set_weight(weights)
        return self.matrix

    def grow(
        self, matrix: xgboost.DMatrix, parameters: Parameters, rounds: int, **options: Any
    ) -> xgboost.Booster:
        """A booster grown on this machine."""
        return xgboost.train(parameters, matrix, rounds, **options)


def quantised(
    images: Labelled,
    bins: int,
    threads: int = 0,
    like: Quantised | None = None,
    columns: slice = ALL,
) -> Quantised:
    """Features in at most so many bins each, or in those of another matrix; 0 threads are all."""
    views, labels = images
    matrix = xgboost.QuantileDMatrix(
        Chunks(views, columns), max_bin=bins, nthread=threads or None, ref=like and like.matrix
    )
    return Quantised(matrix, labels)


def raw(images: Labelled, threads: int = 0, columns: slice = ALL) -> Quantised:
    """Features as they are: trees walk through them several times faster than through bins."""
    views, labels = images
    features = views.stacked()[:, columns]
    return Quantised(xgboost.DMatrix(features, nthread=threads or None), labels)
