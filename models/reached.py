"""The progress of a training on images: what a checkpoint keeps of it, and what is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from models.checkpoints import Arrays
from models.schedules import since_best
from models.training_history import HISTORY


@dataclass
class Reached:
    """The progress of a training: its epochs, and the losses of the steps of the current one.

    `start` has the validation loss and AUC before the first step.
    """

    history: list[tuple[float, ...]] = field(default_factory=list)
    losses: list[Any] = field(default_factory=list)
    start: Sequence[float] = (np.inf, 0.0)

    @classmethod
    def of(cls, arrays: Arrays) -> Self:
        """From the arrays of a checkpoint; those of an earlier version have no start."""
        start = arrays["start"].tolist() if "start" in arrays else cls.start
        return cls(list(map(tuple, arrays["history"])), list(arrays["losses"]), start)

    @property
    def arrays(self) -> Arrays:
        """What a checkpoint keeps."""
        losses = np.array([float(each) for each in self.losses], np.float32)
        return {"history": self.rows, "losses": losses, "start": np.array(self.start)}

    @property
    def rows(self) -> np.ndarray:
        """The history so far."""
        return np.array(self.history, HISTORY)

    @property
    def mean_loss(self) -> float:
        """The mean loss of the steps of the current epoch."""
        return float(np.mean([float(each) for each in self.losses]))

    @property
    def is_best(self) -> bool:
        """Whether the last epoch is the best one, and better than the network was at the start."""
        return not since_best(self.rows) and self._beats_start(self.rows[-1])

    def _beats_start(self, row: np.void) -> bool:
        loss, auc = self.start
        return bool((row["validation_auc"], -row["validation_loss"]) > (auc, -loss))

    def described(self, epochs: int, speed: float) -> str:
        """The last epoch in a line, and whether none was better than the network before."""
        last = self.rows[-1]
        no_gain = not any(map(self._beats_start, self.rows))
        return (
            f"epoch {len(self.history)} of {epochs}: loss {last['loss']:.4f}, validation"
            f" {last['validation_loss']:.4f}, macro AUC {last['validation_auc']:.3f},"
            f" {speed:,.1f} images/s" + f"; {self.start[1]:.3f} before fine-tuning" * no_gain
        )
