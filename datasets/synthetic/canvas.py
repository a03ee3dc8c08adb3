"""Turn shapes in chest coordinates into maps of thickness in pixels.

Chest coordinates are fractions of an upright image: x to the right, y downwards, the spine at 0.5.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

Map = NDArray[np.floating[Any]]
Points = NDArray[np.float64]
Line = tuple[ArrayLike, float]

# Shapes are rasterised at twice the resolution and averaged, for soft edges.
OVERSAMPLING = 2
# OpenCV takes polygon corners as integers with this many fractional bits.
SUBPIXEL_BITS = 4
CURVE_POINTS = 60


@dataclass(frozen=True)
class Canvas:
    """An image of size x size pixels; pose (2, 3) maps chest coordinates to fractions of it."""

    size: int
    pose: Points

    @cached_property
    def grid(self) -> tuple[Map, Map]:
        """Chest coordinates x and y of every pixel, each (size, size)."""
        inverse = cv2.invertAffineTransform(self.pose)
        row, column = (np.mgrid[: self.size, : self.size] + 0.5).astype(np.float32) / self.size
        x, y = (a * column + b * row + c for a, b, c in inverse.astype(np.float32))
        return x, y

    def pixels(self, points: ArrayLike) -> Points:
        """The points (..., 2) in pixels of this image."""
        return (np.asarray(points) @ self.pose[:, :2].T + self.pose[:, 2]) * self.size

    def fill(self, *outlines: ArrayLike) -> Map:
        """1 inside the outlines, 0 outside, between 0 and 1 along the edges."""
        sheet = self._sheet()
        for outline in outlines:
            cv2.fillPoly(sheet, [self._corners(outline)], 255, shift=SUBPIXEL_BITS)
        return self._shrink(sheet)

    def strokes(self, *lines: Line) -> Map:
        """1 along the curves (..., k, 2) of these widths, 0 elsewhere; later ones cover earlier."""
        sheet = self._sheet()
        for points, width in lines:
            thickness = width * self.size * OVERSAMPLING
            # OpenCV draws no line thinner than a pixel; a paler one holds as much.
            tone = int(255 * min(1.0, thickness))
            curves = list(self._corners(points).reshape(-1, np.shape(points)[-2], 2))
            whole = max(1, round(thickness))
            cv2.polylines(sheet, curves, False, tone, whole, shift=SUBPIXEL_BITS)
        return self._shrink(sheet)

    def text(self, words: str, place: ArrayLike, height: float) -> Map:
        """Text with its lower left corner at a place."""
        sheet = self._sheet()
        x, y = (self.pixels(place) * OVERSAMPLING).astype(int)
        # Hershey letters are 22 pixels high at scale 1.
        scale = height * self.size * OVERSAMPLING / 22
        font, weight = cv2.FONT_HERSHEY_SIMPLEX, max(1, round(2.5 * scale))
        cv2.putText(sheet, words, (int(x), int(y)), font, scale, 255, weight)
        return self._shrink(sheet)

    def blur(self, layer: Map, radius: float) -> Map:
        """The layer blurred by a Gaussian whose radius is a fraction of the image."""
        wide = max(1, int(radius * self.size / 3))
        if wide == 1:
            return cv2.GaussianBlur(layer, (0, 0), radius * self.size)
        # A wide blur leaves no detail, and costs a tenth at lower resolution.
        side = round(self.size / wide)
        coarse = cv2.resize(layer, (side, side), interpolation=cv2.INTER_AREA)
        coarse = cv2.GaussianBlur(coarse, (0, 0), radius * side)
        return cv2.resize(coarse, (self.size, self.size), interpolation=cv2.INTER_LINEAR)

    def grain(self, rng: np.random.Generator, spacing: float) -> Map:
        """Smooth noise (size, size) of mean 0, deviation about 1, bumps this far apart."""
        count = max(2, round(1 / spacing))
        coarse = rng.standard_normal((count, count), dtype=np.float32)
        fine = cv2.resize(coarse, (self.size, self.size), interpolation=cv2.INTER_CUBIC)
        return fine / max(float(fine.std()), 1e-6)

    def _sheet(self) -> NDArray[np.uint8]:
        return np.zeros((self.size * OVERSAMPLING,) * 2, np.uint8)

    def _corners(self, points: ArrayLike) -> NDArray[np.int32]:
        # OpenCV counts from the centre of a pixel, chest coordinates from its edge.
        fine = self.pixels(points) * OVERSAMPLING - 0.5
        return np.round(fine * 2**SUBPIXEL_BITS).astype(np.int32)

    def _shrink(self, sheet: NDArray[np.uint8]) -> Map:
        image = cv2.resize(sheet, (self.size, self.size), interpolation=cv2.INTER_AREA)
        return image.astype(np.float32) / 255


def smooth(points: ArrayLike, closed: bool = False) -> Points:
    """Curves (..., CURVE_POINTS, 2) through the given points (..., k, 2)."""
    knots = np.asarray(points, np.float64)
    return _spline(knots.shape[-2], closed) @ knots


@lru_cache
def _spline(n_knots: int, closed: bool) -> Points:
    # A spline is linear in its knots, so that one small matrix serves all curves.
    knots = np.eye(n_knots)
    if closed:
        knots = np.vstack([knots, knots[:1]])
    curve = CubicSpline(np.arange(len(knots)), knots, bc_type="periodic" if closed else "natural")
    return curve(np.linspace(0, len(knots) - 1, CURVE_POINTS))


def circle(centre: ArrayLike, radius: float, flattening: float = 1.0) -> Points:
    """An outline (40, 2) around centre, flattening times as high as wide."""
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    return np.asarray(centre) + radius * np.stack([np.cos(angle), flattening * np.sin(angle)], 1)


def ramp(values: Map, start: float | Map, end: float | Map) -> Map:
    """0 before start, 1 after end, straight in between; start may be the larger one."""
    return np.clip((values - start) / (end - start), 0, 1)


def png(grey: NDArray[np.uint8]) -> bytes:
    """The content of a PNG file of these grey values."""
    _, content = cv2.imencode(".png", grey)
    return content.tobytes()
