"""Gradient-boosted trees: one booster per label."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from scipy.special import log_expit

import storage
from models import boosting
from models.booster_trial import try_boosters
from models.classifier import Classifier, Labelled
from models.imbalance import class_weights
from models.label_boosting import Parameters
from models.search_space import Real, Whole
from models.views import DEEP, WORDS, Views
from progress import track

__all__ = ["Xgboost"]


@dataclass(repr=False, eq=False, kw_only=True)
class Xgboost(Classifier):
    """Gradient-boosted trees, a separate booster for each label or class."""

    views: tuple[str, ...] = (DEEP, WORDS)
    n_estimators: int = 500
    early_stopping_rounds: int = 30
    learning_rate: Annotated[float, Real(0.02, 0.2, log=True)] = 0.05
    max_depth: Annotated[int, Whole(2, 6)] = 3
    max_bin: int = 16
    subsample: Annotated[float, Real(0.3, 1.0)] = 0.5
    colsample_bynode: Annotated[float, Real(0.02, 0.5, log=True)] = 0.05
    reg_lambda: Annotated[float, Real(1.0, 100.0, log=True)] = 10.0
    class_weights: str = "softened"
    device: str = "auto"
    n_jobs: int = 0
    use_cluster: str = "auto"

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds of views it takes."""
        return self.views

    @property
    def libraries(self) -> tuple[str, ...]:
        """Modules whose versions what it learned depends on."""
        return (*super().libraries, "xgboost")

    @property
    def parameters(self) -> Parameters:
        """XGBoost's own parameters for every label."""
        return {
            "objective": "binary:logistic",
            # The AUC of a few positives is too coarse for early stopping.
            "eval_metric": "logloss",
            "max_depth": self.max_depth,
            "eta": self.learning_rate,
            "max_bin": self.max_bin,
            "subsample": self.subsample,
            "colsample_bynode": self.colsample_bynode,
            "lambda": self.reg_lambda,
            "device": boosting.device(self.device),
            "seed": self.seed,
        }

    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        absent, present = class_weights(labels, self.class_weights)
        parameters = {
            column: self.parameters | {"scale_pos_weight": present[column] / absent[column]}
            for column in np.flatnonzero((labels == 1).any(axis=0)).tolist()
        }
        size = len(views) * sum(views.widths.values())
        where = boosting.processors(self.n_jobs, self.use_cluster, self._client, size)
        limits = self.n_estimators, self.early_stopping_rounds
        work = boosting.all_boosted((views, labels), validation, parameters, *limits, where)
        self.boosters_ = dict(track(work, "boost", len(parameters), "labels"))

    def _logits(self, views: Views) -> np.ndarray:
        parts = [self._logits_of(part.stacked()) for part in views.parts()]
        return np.concatenate(parts) if parts else self._logits_of(views.stacked())

    def _logits_of(self, features: np.ndarray) -> np.ndarray:
        logits = np.zeros((len(features), len(self.constants_)), np.float32)
        for column, booster in self.boosters_.items():
            logits[:, column] = boosting.margins(booster, features)
        return logits

    def _of_classes(self, logits: np.ndarray) -> np.ndarray:
        """With these, the softmax divides the probability of each label by their sum."""
        return log_expit(logits)

    def _attribution(self, views: Views, columns: Sequence[int]) -> dict[str, np.ndarray]:
        return views.by_block(boosting.contributions(self.boosters_, views.stacked(), columns))

    def save(self, folder: Path) -> None:
        """Write what was learned to a folder: plain arrays and a UBJSON file for each booster."""
        super().save(folder)
        for column, booster in self.boosters_.items():
            # XGBoost itself would raise an error of its own on a full disk.
            (folder / f"booster-{column}.ubj").write_bytes(booster.save_raw("ubj"))

    def load(self, folder: Path) -> Self:
        """The classifier as it was saved to this folder."""
        super().load(folder)
        learned = np.flatnonzero(np.isnan(self.constants_)).tolist()
        files = [storage.read_bytes(folder / f"booster-{column}.ubj") for column in learned]
        try_boosters(files)
        self.boosters_ = dict(zip(learned, map(boosting.opened, files), strict=True))
        return self
