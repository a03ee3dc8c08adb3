"""Small random moves and changes of light: versions of an image that show the same findings."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from datasets.geometry import moved
from datasets.image_change import WHITE, Change, mapped


@dataclass(frozen=True)
class SmallMove(Change):
    """Turns, shifts, zooms, brightens and steepens an image at random within small limits.

    `draw` numbers the versions of an image; each image has its own random numbers. Limits are
    degrees, shares of the sides, of the zoom, of white and of the contrast. The defaults are those
    of the augmentation policy `mild`.
    """

    draw: int = 0
    seed: int = 0
    rotation: float = 5.0
    shift: float = 0.03
    zoom: float = 0.03
    brightness: float = 0.05
    contrast: float = 0.05

    def __call__(self, plane: np.ndarray, image: str, digest: str) -> np.ndarray:
        """A version of the plane (h, w) uint8, black where it comes from outside of the image."""
        turn, across, down, larger, lighter, steeper = self.rng(
            digest, self.seed, self.draw
        ).uniform(-1, 1, 6)
        shift = across * self.shift, down * self.shift
        version = moved(plane, turn * self.rotation, shift, 1 + larger * self.zoom)
        mean = version.mean()
        levels = (np.arange(WHITE + 1) - mean) * (1 + steeper * self.contrast) + mean
        return mapped(version, levels + lighter * self.brightness * WHITE)

    @property
    def parameters(self) -> dict[str, Any]:
        """All fields."""
        return asdict(self)
