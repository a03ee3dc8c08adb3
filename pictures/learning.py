"""How a classifier learned: loss and validation AUC by epoch."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

TRAINING, VALIDATION, AUC = "#0072B2", "#E69F00", "#009E73"


def histories(classifier: Any) -> dict[str, np.ndarray]:
    """History of every network in a classifier, by name; {} where none was trained."""
    own = getattr(classifier, "history_", None)
    members = getattr(classifier, "fitted_", [])
    found = {} if own is None else {type(classifier).__name__: own}
    for place, member in enumerate(members):
        for name, history in histories(member).items():
            found[f"{place + 1}. {name}"] = history
    return found


def curves(classifier: Any, title: str) -> Figure:
    """A row for each network: loss on the left, validation AUC on the right, the best marked."""
    found = histories(classifier)
    figure = Figure(figsize=(9, 3.2 * len(found)), layout="constrained")
    grid = figure.subplots(len(found), 2, squeeze=False)
    for (name, history), (left, right) in zip(found.items(), grid, strict=True):
        epochs = np.arange(1, len(history) + 1)
        best = int(np.argmax(history["validation_auc"]))
        auc = history["validation_auc"][best]
        left.plot(epochs, history["loss"], color=TRAINING, label="training")
        left.plot(epochs, history["validation_loss"], color=VALIDATION, label="validation")
        left.set(xlabel="epoch", ylabel="loss", title=name)
        left.legend(frameon=False)
        right.plot(epochs, history["validation_auc"], color=AUC)
        right.plot(epochs[best], auc, "o", color=AUC)
        right.set(xlabel="epoch", ylabel="macro AUC", title=f"validation: {auc:.3f} at {best + 1}")
        for axes in (left, right):
            axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(f"{title}: learning curves")
    return figure


def save(figure: Figure, path: Path) -> None:
    """The figure as a PNG file."""
    figure.savefig(path, dpi=120)
