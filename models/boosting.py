"""Gradient-boosted trees: one booster per label, all on the same quantised features."""

import ctypes
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import numpy as np
import xgboost
from joblib import Parallel, delayed

import checks
from errors import InvalidOption
from models.label_boosting import BoostingData, LabelledFeatures, Parameters, boosted

DEVICES = ("auto", "cpu", "cuda")
CLUSTER_USES = ("auto", "always", "never")

# From so many numbers in a matrix on, several cores make one booster faster.
LARGE = 10_000_000
# So many numbers take 16 GB, and as much again while they move: more than most machines have.
OUTGROWN = 4_000_000_000


@dataclass(frozen=True)
class Quantised(BoostingData):
    """Features (n, d) that are binned once, and labels (n, k)."""

    matrix: xgboost.QuantileDMatrix
    labels: np.ndarray

    def with_label(self, column: int, **options: Any) -> xgboost.QuantileDMatrix:
        """The matrix with one label; it is binned already, and needs no options."""
        targets, weights = self.targets(column)
        self.matrix.set_label(targets)
        self.matrix.set_weight(weights)
        return self.matrix

    def grow(
        self, matrix: xgboost.QuantileDMatrix, parameters: Parameters, rounds: int, **options: Any
    ) -> xgboost.Booster:
        """A booster grown on this machine."""
        return xgboost.train(parameters, matrix, rounds, **options)


@dataclass(frozen=True)
class Processors:
    """Where trees grow: on so many cores of this machine, or on all workers of a Dask client."""

    cores: int
    client: Any = None


def processors(n_jobs: int, use_cluster: str, client: Any, size: int) -> Processors:
    """Where trees on so many numbers grow; 0 jobs are all cores.

    With `use_cluster` auto, workers are used where one machine may be short of memory.
    """
    checks.one_of("use_cluster", use_cluster, CLUSTER_USES)
    if use_cluster == "always" and client is None:
        raise InvalidOption("use_cluster=always needs workers; there are none. Add --cluster.")
    asked = use_cluster == "always" or (use_cluster == "auto" and size >= OUTGROWN)
    return Processors(n_jobs or os.cpu_count() or 1, client if asked else None)


def quantised(
    features: np.ndarray, labels: np.ndarray, bins: int, like: Quantised | None = None
) -> Quantised:
    """Features (n, d) in at most so many bins each, or in those of another matrix."""
    matrix = xgboost.QuantileDMatrix(features, max_bin=bins, ref=like and like.matrix)
    return Quantised(matrix, labels)


def all_boosted(
    training: LabelledFeatures,
    validation: LabelledFeatures,
    parameters: dict[int, Parameters],
    rounds: int,
    stopping_rounds: int,
    processors: Processors,
) -> Iterator[tuple[int, xgboost.Booster]]:
    """The booster of each label that has parameters.

    The threads of one booster wait for each other after every small step, which costs more than it
    gains on few images. There, every core boosts a label of its own on its own quantised matrix.
    """
    if processors.client:
        # Dask is slow to import.
        from models import dask_boosting

        work = dask_boosting.all_boosted
        return work(training, validation, parameters, rounds, stopping_rounds, processors.client)
    cores, small = processors.cores, training[0].size < LARGE
    pairs: SimpleQueue[tuple[Quantised, Quantised]] = SimpleQueue()
    for _ in range(min(cores if small else 1, len(parameters))):
        bins = next(iter(parameters.values()))["max_bin"]
        learning = quantised(*training, bins)
        pairs.put((learning, quantised(*validation, bins, learning)))

    def boost(column: int) -> tuple[int, xgboost.Booster]:
        pair = pairs.get()
        threads = {"nthread": 1 if small else cores}
        booster = boosted(*pair, column, parameters[column] | threads, rounds, stopping_rounds)
        pairs.put(pair)
        return column, booster

    pool = Parallel(max(1, pairs.qsize()), backend="threading", return_as="generator")
    return pool(map(delayed(boost), parameters))


def margins(booster: xgboost.Booster, features: np.ndarray) -> np.ndarray:
    """Logits (n,) of features (n, d)."""
    return booster.inplace_predict(features, predict_type="margin")


def contributions(
    boosters: dict[int, xgboost.Booster], features: np.ndarray, columns: Sequence[int]
) -> np.ndarray:
    """TreeSHAP values (n, k, d) of features (n, d), without the bias; 0 without trees."""
    values = np.zeros((len(features), len(columns), features.shape[1]), np.float32)
    matrix = xgboost.DMatrix(features)
    for place, column in enumerate(columns):
        if column in boosters:
            values[:, place] = boosters[column].predict(matrix, pred_contribs=True)[:, :-1]
    return values


def opened(data: bytes) -> xgboost.Booster:
    """A booster from the bytes of its UBJSON file."""
    return xgboost.Booster(model_file=bytearray(data))


def device(choice: str) -> str:
    """The device that trees grow on; auto: a GPU if there is one that this XGBoost can use."""
    checks.one_of("device", choice, DEVICES)
    usable = xgboost.build_info().get("USE_CUDA") and gpus()
    return ("cuda" if usable else "cpu") if choice == "auto" else choice


def gpus() -> int:
    """How many GPUs this machine has."""
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return 0
    count = ctypes.c_int(0)
    failed = driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count))
    return 0 if failed else count.value
