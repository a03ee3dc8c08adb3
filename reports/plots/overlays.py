"""Heatmaps on images: the stronger the evidence, the more its colour covers the image."""

from dataclasses import dataclass

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import to_rgb

# Colour-blind people can distinguish these, on black and on white.
FOR, AGAINST = "#E69F00", "#56B4E9"
SEQUENTIAL = "viridis"
OPACITY = 0.75
STEPS = 256
GREY = 110


@dataclass(frozen=True)
class Heat:
    """A heatmap (h, w) over an image's own frame: raw values in `unit`, coloured up to `limit`.

    Signed heat runs from -limit to limit and is transparent at 0; other heat runs from 0. The note
    is shown above it; the reason is shown where there are no values.
    """

    name: str
    unit: str
    signed: bool
    limit: float
    values: np.ndarray | None
    note: str = ""
    reason: str = ""

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest value that has a colour of its own."""
        return (-self.limit if self.signed else 0.0), self.limit


def overlay(image: np.ndarray, heat: Heat) -> np.ndarray:
    """An image (h, w) uint8 under its heatmap, (h, w, 3) uint8; dimmed where there is none."""
    if heat.values is None:
        return np.repeat(image[..., None] // 3, 3, axis=2)
    relative = heat.values / heat.limit if heat.limit else np.zeros(image.shape)
    return _blended(image, np.clip(relative, -1 if heat.signed else 0, 1), heat)


def scale(heat: Heat) -> np.ndarray:
    """The colours of a heatmap from its lowest to its highest value on grey, (1, steps, 3)."""
    relative = np.linspace(-1 if heat.signed else 0, 1, STEPS)[None]
    return _blended(np.full(relative.shape, GREY, np.uint8), relative, heat)


def _blended(image: np.ndarray, relative: np.ndarray, heat: Heat) -> np.ndarray:
    if heat.signed:
        colours = np.where(relative[..., None] < 0, to_rgb(AGAINST), to_rgb(FOR))
    else:
        colours = colormaps[SEQUENTIAL](relative)[..., :3]
    opacity = OPACITY * np.abs(relative)[..., None]
    mixed = (1 - opacity) * image[..., None] + opacity * 255 * colours
    return np.rint(mixed).astype(np.uint8)
