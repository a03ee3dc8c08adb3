"""Gradient-boosted trees, one booster per label, all on one quantised matrix."""

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
from models.label_turns import LabelledVectors, LabelTurns, Parameters

DEVICES = ("auto", "cpu", "cuda")
SPREADS = ("auto", "always", "never")

# Numbers in a matrix from which on several cores pay within one booster.
LARGE = 10_000_000
# And from which on a machine of a cluster is short of memory: 16 GB, and as much while they move.
OUTGROWN = 4_000_000_000


@dataclass(frozen=True)
class Quantised(LabelTurns):
    """Vectors (n, d) binned once, whose labels (n, k) take turns."""

    matrix: xgboost.QuantileDMatrix
    labels: np.ndarray

    def showing(self, column: int) -> xgboost.QuantileDMatrix:
        """The matrix with one label."""
        targets, weights = self.turn(column)
        self.matrix.set_label(targets)
        self.matrix.set_weight(weights)
        return self.matrix


@dataclass(frozen=True)
class Hands:
    """Who grows trees: so many cores of this machine, or all workers of a Dask client."""

    cores: int
    client: Any = None


def hands(n_jobs: int, use_cluster: str, client: Any, size: int) -> Hands:
    """Who grows trees on so many numbers; `use_cluster` auto: workers where there are many."""
    checks.one_of("use_cluster", use_cluster, SPREADS)
    if use_cluster == "always" and client is None:
        raise InvalidOption("use_cluster=always needs workers; there are none. Add --cluster.")
    asked = use_cluster == "always" or (use_cluster == "auto" and size >= OUTGROWN)
    return Hands(n_jobs or os.cpu_count() or 1, client if asked else None)


def quantised(
    vectors: np.ndarray, labels: np.ndarray, bins: int, like: Quantised | None = None
) -> Quantised:
    """Vectors (n, d) in at most so many bins a column, or in those of another matrix."""
    matrix = xgboost.QuantileDMatrix(vectors, max_bin=bins, ref=like and like.matrix)
    return Quantised(matrix, labels)


def all_boosted(
    training: LabelledVectors,
    validation: LabelledVectors,
    parameters: dict[int, Parameters],
    rounds: int,
    stop_after: int,
    hands: Hands,
) -> Iterator[tuple[int, xgboost.Booster]]:
    """The booster of each label that has parameters.

    Threads of one booster meet after every small step, which costs more than it gains where films
    are few: then every core boosts a label of its own, on a quantised matrix of its own.
    """
    if hands.client:
        # Dask takes a while to import.
        from models import dask_boosting

        work = dask_boosting.all_boosted
        return work(training, validation, parameters, rounds, stop_after, hands.client)
    cores, small = hands.cores, training[0].size < LARGE
    pairs: SimpleQueue[tuple[Quantised, Quantised]] = SimpleQueue()
    for _ in range(min(cores if small else 1, len(parameters))):
        bins = next(iter(parameters.values()))["max_bin"]
        learning = quantised(*training, bins)
        pairs.put((learning, quantised(*validation, bins, learning)))

    def boost(column: int) -> tuple[int, xgboost.Booster]:
        pair = pairs.get()
        threads = {"nthread": 1 if small else cores}
        found = boosted(*pair, column, parameters[column] | threads, rounds, stop_after)
        pairs.put(pair)
        return column, found

    pool = Parallel(max(1, pairs.qsize()), backend="threading", return_as="generator")
    return pool(map(delayed(boost), parameters))


def boosted(
    training: Quantised,
    validation: Quantised,
    column: int,
    parameters: Parameters,
    rounds: int,
    stop_after: int,
) -> xgboost.Booster:
    """One label's booster, cut at its best round if validation has both classes of the label."""
    if not validation.has_both(column):
        return xgboost.train(parameters, training.showing(column), rounds)
    booster = xgboost.train(
        parameters,
        training.showing(column),
        rounds,
        evals=[(validation.showing(column), "validation")],
        early_stopping_rounds=stop_after,
        verbose_eval=False,
    )
    return booster[: booster.best_iteration + 1]


def margins(booster: xgboost.Booster, vectors: np.ndarray) -> np.ndarray:
    """Logits (n,) of vectors (n, d)."""
    return booster.inplace_predict(vectors, predict_type="margin")


def contributions(
    boosters: dict[int, xgboost.Booster], vectors: np.ndarray, columns: Sequence[int]
) -> np.ndarray:
    """TreeSHAP (n, k, d) of vectors (n, d), less its bias; zeros for a label without booster."""
    found = np.zeros((len(vectors), len(columns), vectors.shape[1]), np.float32)
    matrix = xgboost.DMatrix(vectors)
    for place, column in enumerate(columns):
        if column in boosters:
            found[:, place] = boosters[column].predict(matrix, pred_contribs=True)[:, :-1]
    return found


def opened(data: bytes) -> xgboost.Booster:
    """A booster from the bytes of its UBJSON file."""
    return xgboost.Booster(model_file=bytearray(data))


def device(choice: str) -> str:
    """Where trees grow; auto: on a GPU if this build of XGBoost can use one and one is there."""
    checks.one_of("device", choice, DEVICES)
    usable = xgboost.build_info().get("USE_CUDA") and _gpus()
    return ("cuda" if usable else "cpu") if choice == "auto" else choice


def _gpus() -> int:
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return 0
    found = ctypes.c_int(0)
    failed = driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(found))
    return 0 if failed else found.value
