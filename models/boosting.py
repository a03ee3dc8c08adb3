"""Gradient-boosted trees, one booster per label, all on one quantised matrix."""

import ctypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xgboost

from errors import InvalidOption

DEVICES = ("auto", "cpu", "cuda")

Parameters = dict[str, Any]


@dataclass(frozen=True)
class Quantised:
    """Vectors (n, d) binned once, whose labels (n, k) take turns."""

    matrix: xgboost.QuantileDMatrix
    labels: np.ndarray

    def showing(self, column: int) -> xgboost.QuantileDMatrix:
        """The matrix with one label; a film that does not report it has no weight."""
        labels = self.labels[:, column]
        self.matrix.set_label(np.nan_to_num(labels))
        self.matrix.set_weight((~np.isnan(labels)).astype(np.float32))
        return self.matrix

    def has_both(self, column: int) -> bool:
        """Whether any film shows the label and any is free of it."""
        return {0, 1} <= set(self.labels[:, column].tolist())


def quantised(
    vectors: np.ndarray, labels: np.ndarray, bins: int, like: Quantised | None = None
) -> Quantised:
    """Vectors (n, d) in at most so many bins a column, or in those of another matrix."""
    matrix = xgboost.QuantileDMatrix(vectors, max_bin=bins, ref=like and like.matrix)
    return Quantised(matrix, labels)


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


def opened(path: Path) -> xgboost.Booster:
    """A booster from its UBJSON file."""
    return xgboost.Booster(model_file=path)


def device(choice: str) -> str:
    """Where trees grow; auto: on a GPU if this build of XGBoost can use one and one is there."""
    if choice not in DEVICES:
        raise InvalidOption(f"device must be one of {', '.join(DEVICES)}; got {choice!r}.")
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
