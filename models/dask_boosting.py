"""Gradient-boosted trees that all workers of a Dask cluster grow together."""

from collections.abc import Iterator
from typing import Any

import dask
import dask.array
import numpy as np
import xgboost
import xgboost.dask
from distributed import Client

from models.label_boosting import BoostingData, Parameters, boosted
from models.plain_arrays import Labelled


class DistributedData(BoostingData):
    """Features (n, d) in equal shares on the workers, and labels (n, k)."""

    def __init__(self, client: Client, images: Labelled) -> None:
        self.client = client
        self.workers = list(client.nthreads())
        self.features = self._distributed(images[0].stacked())
        self.labels = images[1]

    def with_label(self, column: int, **options: Any) -> xgboost.dask.DaskQuantileDMatrix:
        """The matrix with one label."""
        targets, weights = map(self._distributed, self.targets(column))
        return xgboost.dask.DaskQuantileDMatrix(
            self.client, self.features, targets, weight=weights, **options
        )

    def grow(
        self,
        matrix: xgboost.dask.DaskQuantileDMatrix,
        parameters: Parameters,
        rounds: int,
        **options: Any,
    ) -> xgboost.Booster:
        """A booster grown by all workers."""
        return xgboost.dask.train(self.client, parameters, matrix, rounds, **options)["booster"]

    def _distributed(self, values: np.ndarray) -> dask.array.Array:
        """The rows as one array, with an equal share on each worker."""
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
    training: Labelled,
    validation: Labelled,
    parameters: dict[int, Parameters],
    rounds: int,
    stopping_rounds: int,
    client: Client,
) -> Iterator[tuple[int, xgboost.Booster]]:
    """The booster of each label that has parameters, one label after the other."""
    with client.as_current():
        learning, held_out = DistributedData(client, training), DistributedData(client, validation)
        for column, chosen in parameters.items():
            yield column, boosted(learning, held_out, column, chosen, rounds, stopping_rounds)
