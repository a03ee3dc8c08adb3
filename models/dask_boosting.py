"""Gradient-boosted trees that all workers of a Dask cluster grow together, each on its films."""

from collections.abc import Iterator
from typing import Any

import dask
import dask.array
import numpy as np
import xgboost
import xgboost.dask
from distributed import Client

from models.label_turns import LabelledVectors, LabelTurns, Parameters


class Shares(LabelTurns):
    """Vectors (n, d) that lie on the workers, an even part each, whose labels (n, k) take turns."""

    def __init__(self, client: Client, images: LabelledVectors) -> None:
        self.client = client
        self.workers = list(client.nthreads())
        self.vectors = self._spread(images[0])
        self.labels = images[1]

    def showing(self, column: int, **options: Any) -> xgboost.dask.DaskQuantileDMatrix:
        """The matrix with one label."""
        targets, weights = map(self._spread, self.turn(column))
        return xgboost.dask.DaskQuantileDMatrix(
            self.client, self.vectors, targets, weight=weights, **options
        )

    def _spread(self, values: np.ndarray) -> dask.array.Array:
        """The rows as one array, a part on each worker."""
        shares = np.array_split(values, min(len(self.workers), len(values)))
        placed = [
            self.client.scatter(share, workers=[worker], hash=False)
            for share, worker in zip(shares, self.workers, strict=False)
        ]
        return dask.array.concatenate(
            [
                dask.array.from_delayed(dask.delayed(future), share.shape, share.dtype)
                for future, share in zip(placed, shares, strict=True)
            ]
        )


def all_boosted(
    training: LabelledVectors,
    validation: LabelledVectors,
    parameters: dict[int, Parameters],
    rounds: int,
    stop_after: int,
    client: Client,
) -> Iterator[tuple[int, xgboost.Booster]]:
    """The booster of each label that has parameters, one label after the other."""
    with client.as_current():
        learning, judging = Shares(client, training), Shares(client, validation)
        for column, told in parameters.items():
            yield column, boosted(learning, judging, column, told, rounds, stop_after)


def boosted(
    training: Shares,
    validation: Shares,
    column: int,
    parameters: Parameters,
    rounds: int,
    stop_after: int,
) -> xgboost.Booster:
    """One label's booster, cut at its best round if validation has both classes of the label."""
    bins = {"max_bin": parameters["max_bin"]}
    matrix = training.showing(column, **bins)
    if not validation.has_both(column):
        return xgboost.dask.train(training.client, parameters, matrix, rounds)["booster"]
    booster = xgboost.dask.train(
        training.client,
        parameters,
        matrix,
        rounds,
        evals=[(validation.showing(column, ref=matrix, **bins), "validation")],
        early_stopping_rounds=stop_after,
        verbose_eval=False,
    )["booster"]
    return booster[: booster.best_iteration + 1]
