"""Colour, line and marker of each model in every plot, distinct without colour too."""

from collections.abc import Sequence
from itertools import cycle
from typing import Any

# Okabe and Ito's colours, which colour-blind people can distinguish.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
LINES = ("-", "--", ":", "-.")
MARKERS = ("o", "s", "^", "D", "v")
QUIET = "#767676"
# Shown in the place of a figure, for a label that all images have or lack.
ONE_CLASS = "one class only"


def styles(models: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Colour, line and marker of each model, as keyword arguments of matplotlib's `plot`."""
    looks = zip(models, cycle(COLOURS), cycle(LINES), cycle(MARKERS), strict=False)
    return {
        name: {"color": colour, "linestyle": line, "marker": marker}
        for name, colour, line, marker in looks
    }
