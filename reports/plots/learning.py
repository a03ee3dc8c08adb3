"""Learning curves of networks: loss and validation AUC by epoch, a line for each training."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from models.schedules import since_best

TRAINING, VALIDATION, AUC = "#0072B2", "#E69F00", "#009E73"


def curves(trainings: Mapping[str, Sequence[np.ndarray]], title: str) -> Figure:
    """A row for each network: loss on the left, validation AUC and best epoch on the right."""
    figure = Figure(figsize=(9, 0.6 + 2.6 * len(trainings)), layout="constrained")
    grid = figure.subplots(len(trainings), 2, squeeze=False)
    for (name, histories), (left, right) in zip(trainings.items(), grid, strict=True):
        for place, history in enumerate(histories):
            _draw(left, right, history, faint=len(histories) > 1, first=place == 0)
        best = np.mean([history["validation_auc"].max() for history in histories])
        mean = f"{best:.3f} on average of {len(histories)}" if len(histories) > 1 else f"{best:.3f}"
        left.set(xlabel="epoch", ylabel="loss", title=name)
        left.legend(frameon=False)
        right.set(xlabel="epoch", ylabel="macro AUC", title=f"validation: best {mean}")
        for axes in (left, right):
            axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(f"{title}: learning curves")
    return figure


def _draw(left: Axes, right: Axes, history: np.ndarray, *, faint: bool, first: bool) -> None:
    epochs = np.arange(1, len(history) + 1)
    best = len(history) - 1 - since_best(history)
    look: dict[str, Any] = {"linewidth": 0.7, "alpha": 0.6} if faint else {}
    for key, colour, name in (
        ("loss", TRAINING, "training"),
        ("validation_loss", VALIDATION, "validation"),
    ):
        left.plot(epochs, history[key], color=colour, label=name if first else None, **look)
    right.plot(epochs, history["validation_auc"], color=AUC, **look)
    right.plot(epochs[best], history["validation_auc"][best], "o", color=AUC, markersize=4)
