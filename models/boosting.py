"""Gradient-boosted trees: one booster per label, all on the same quantised features."""

import ctypes
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import starmap
from queue import SimpleQueue
from typing import Any

import numpy as np
import xgboost
from joblib import Parallel, delayed

import checks
from errors import InvalidOption
from models.booster_memory import memory_of, room
from models.column_blocks import boosted, column_blocks
from models.label_boosting import Parameters
from models.plain_arrays import Labelled
from models.quantised import Quantised, quantised, raw

DEVICES = ("auto", "cpu", "cuda")
CLUSTER_USES = ("auto", "always", "never")

# So many numbers take 16 GB, and half as much again in bins: more than most machines have.
OUTGROWN = 4_000_000_000


# Training and validation images, in blocks of columns.
Pair = tuple[list[Quantised], list[Quantised]]


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


def all_boosted(
    training: Labelled,
    validation: Labelled,
    parameters: dict[int, Parameters],
    rounds: int,
    stopping_rounds: int,
    processors: Processors,
) -> Iterator[tuple[int, xgboost.Booster]]:
    """The booster of each label that has parameters.

    The threads of one booster wait for each other after every small step. As far as memory
    allows, each core therefore boosts a label of its own on its own matrices.
    """
    if processors.client:
        # Dask is slow to import.
        from models import dask_boosting

        work = dask_boosting.all_boosted
        yield from work(
            training, validation, parameters, rounds, stopping_rounds, processors.client
        )
    elif parameters:
        pairs = _pairs(training, validation, parameters, processors.cores)
        threads = {"nthread": max(1, processors.cores // pairs.qsize())}

        def boost(place: int, column: int) -> tuple[int, xgboost.Booster]:
            pair, doing = pairs.get(), f"label {place} of {len(parameters)}"
            chosen = parameters[column] | threads
            made = boosted(*pair, column, chosen, rounds, stopping_rounds, doing)
            pairs.put(pair)
            return column, made

        pool = Parallel(pairs.qsize(), backend="threading", return_as="generator")
        yield from pool(starmap(delayed(boost), enumerate(parameters, 1)))


def _pairs(
    training: Labelled, validation: Labelled, parameters: dict[int, Parameters], cores: int
) -> SimpleQueue[Pair]:
    """Training and validation images for each booster that grows beside the others."""
    any_label = next(iter(parameters.values()))
    bins, on_gpu = any_label["max_bin"], any_label.get("device") == "cuda"
    counts, width = (len(training[1]), len(validation[1])), sum(training[0].widths.values())
    needed = memory_of(*counts, width, bins, any_label["max_depth"])
    at_once = needed.at_once(min(cores, len(parameters)), room(on_gpu))
    needed.announce(at_once)
    pairs: SimpleQueue[Pair] = SimpleQueue()
    blocks = column_blocks(counts[0], width)
    first = [quantised(training, bins, cores, columns=block) for block in blocks]
    for place in range(at_once):
        like = list(zip(first, blocks, strict=True))
        learning = [quantised(training, bins, cores, *each) for each in like] if place else first
        # Raw values would have to be moved to a GPU in every round.
        held = (
            [quantised(validation, bins, cores, *each) for each in like]
            if on_gpu
            else [raw(validation, cores, block) for block in blocks]
        )
        pairs.put((learning, held))
    return pairs


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
