"""Learning curves of networks: loss and validation AUC by epoch, a line for each training."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from models.schedules import since_best
from reports.plots.page_layout import EDGE, PLAIN, SMALL, STEPS, Key, Sheet, text_height, wrapped
from reports.plots.plotting import DOUBLE, LINES

# Colour and line of each curve, different in grey too.
TRAINING: dict[str, Any] = {"color": "#0072B2", "linestyle": LINES[0]}
VALIDATION: dict[str, Any] = {"color": "#D55E00", "linestyle": LINES[1]}
AUC: dict[str, Any] = {"color": "#009E73", "linestyle": LINES[0]}
BEST: dict[str, Any] = {"color": AUC["color"], "marker": "o", "linestyle": "", "markersize": 3}
KEY = {
    "training": TRAINING,
    "validation": VALIDATION,
    "validation AUC": AUC,
    "epoch that was kept": BEST,
}
# Inches: the height of axes, what is below and beside them.
TALL, BELOW, BESIDE = 1.05, 0.38, 0.5


def curves(
    trainings: Mapping[str, Sequence[np.ndarray]], title: str, width: float = DOUBLE
) -> Figure:
    """A row for each network: loss on the left, validation AUC and best epoch on the right."""
    side = width / 2 - BESIDE - 2 * EDGE
    names = {name: _titles(name, histories, side) for name, histories in trainings.items()}
    above = max(text_height(each, PLAIN) for pair in names.values() for each in pair) + 0.06
    heading = wrapped(f"{title}: learning curves", PLAIN, width - 2 * EDGE)
    key, top = Key.of([*KEY], width), EDGE + text_height(heading, PLAIN)
    row = above + TALL + BELOW
    sheet = Sheet.of(width, top + key.height + row * len(trainings))
    sheet.text(width / 2, EDGE, heading, ha="center")
    for place, (name, histories) in enumerate(trainings.items()):
        start = top + key.height + place * row + above
        pair = [sheet.axes(BESIDE + half * width / 2, start, side, TALL) for half in range(2)]
        for axes, text, meaning in zip(pair, names[name], ("loss", "macro AUC"), strict=True):
            axes.set_title(text, fontsize=PLAIN, pad=3, linespacing=1.1)
            axes.set_ylabel(meaning, fontsize=SMALL, labelpad=2)
            axes.set_xlabel("epoch", fontsize=SMALL, labelpad=1)
        _fill(pair, histories)
    key.draw(sheet.figure, [Line2D([], [], **look) for look in KEY.values()], top)
    return sheet.figure


def _titles(name: str, histories: Sequence[np.ndarray], side: float) -> tuple[str, str]:
    """The name of a network and the best AUC that it reached."""
    best = np.mean([history["validation_auc"].max() for history in histories])
    mean = f"{best:.3f} on average of {len(histories)}" if len(histories) > 1 else f"{best:.3f}"
    return wrapped(name, PLAIN, side), wrapped(f"validation: best {mean}", PLAIN, side)


def _fill(pair: Sequence[Axes], histories: Sequence[np.ndarray]) -> None:
    """The curves of all trainings of a network; epochs are whole numbers."""
    for history in histories:
        _draw(pair[0], pair[1], history, faint=len(histories) > 1)
    longest = max(map(len, histories))
    for axes in pair:
        axes.set_xlim(0.5, longest + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=STEPS, integer=True, min_n_ticks=1))
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=STEPS))


def _draw(left: Axes, right: Axes, history: np.ndarray, *, faint: bool) -> None:
    epochs = np.arange(1, len(history) + 1)
    best = len(history) - 1 - since_best(history)
    look: dict[str, Any] = {"linewidth": 0.6, "alpha": 0.7} if faint else {"linewidth": 1.1}
    # A single epoch makes no line.
    look |= {"marker": "."} if len(history) == 1 else {}
    left.plot(epochs, history["loss"], **TRAINING, **look)
    left.plot(epochs, history["validation_loss"], **VALIDATION, **look)
    right.plot(epochs, history["validation_auc"], **AUC, **look)
    right.plot(epochs[best], history["validation_auc"][best], **BEST)
