"""Gabor: the energy of waves of several lengths and directions, as in GIST."""

from dataclasses import dataclass

import cv2
import numpy as np

from features.cell_features import CellFeatures, on_grid
from features.local_descriptors import LocalDescriptors

__all__ = ["Gabor"]

# Longer waves are found by the same small filters in a smaller image.
WAVELENGTH, FILTER_SIDE = 4.0, 15
# A bandwidth of an octave: then a filter does not respond to even brightness.
SPREAD = 0.56 * WAVELENGTH
PHASES = (0.0, np.pi / 2)


@dataclass(repr=False, eq=False, kw_only=True)
class Gabor(CellFeatures):
    """Energies of Gabor filters in a grid, like GIST: coarse and fine structure of each part."""

    image_size: int = 128
    scales: int = 4
    orientations: int = 8
    grid: int = 4

    @property
    def width(self) -> int:
        """An energy for each scale and orientation in each cell."""
        return self.grid**2 * self.scales * self.orientations

    def describe(self, image: np.ndarray) -> LocalDescriptors:
        """The square roots of mean energies in each cell of an image (s, s) uint8."""
        energies = [
            cv2.resize(energy, (self.grid, self.grid), interpolation=cv2.INTER_AREA)
            for scale in range(self.scales)
            for energy in self._energies(_smaller(image, 2**scale))
        ]
        return on_grid(np.sqrt(np.stack(energies, axis=2)), 1 / self.grid, 1 / self.grid)

    def _energies(self, image: np.ndarray) -> list[np.ndarray]:
        """The strength (h, w) float32 of waves in each direction."""
        turns = np.arange(self.orientations) * np.pi / self.orientations
        # The last bit of OpenCV's magnitude depends on where in memory an array begins.
        return [
            np.sqrt(sum(_filtered(image, turn, phase) ** 2 for phase in PHASES)) for turn in turns
        ]


def _filtered(image: np.ndarray, turn: float, phase: float) -> np.ndarray:
    kernel = cv2.getGaborKernel((FILTER_SIDE,) * 2, SPREAD, turn, WAVELENGTH, 1.0, phase)
    return cv2.filter2D(image, cv2.CV_32F, kernel / kernel.size, borderType=cv2.BORDER_REFLECT)


def _smaller(image: np.ndarray, times: int) -> np.ndarray:
    side = max(1, len(image) // times)
    return cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
