"""Planes turned, shifted and zoomed, and boxes in fractions of an image as pixels."""

from collections.abc import Sequence

import cv2
import numpy as np


def moved(
    plane: np.ndarray,
    degrees: float = 0.0,
    shift: tuple[float, float] = (0.0, 0.0),
    zoom: float = 1.0,
) -> np.ndarray:
    """The plane (h, w) turned anticlockwise about its centre, zoomed, then shifted.

    The shift is right and down, in fractions of the width and height. What comes from outside of
    the image is black, as around a detector.
    """
    height, width = plane.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, zoom)
    matrix[:, 2] += shift[0] * width, shift[1] * height
    return cv2.warpAffine(plane, matrix, (width, height), flags=cv2.INTER_LINEAR)


def pixels_of(box: Sequence[float], shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The rows and columns of a box, x, y, width and height in fractions of an image (h, w).

    Pixels that the box touches belong to it; what lies outside of the image is left out.
    """
    x, y, across, down = box
    height, width = shape
    return _touched(y, down, height), _touched(x, across, width)


def _touched(start: float, length: float, size: int) -> slice:
    """The pixels from start to start + length, in fractions of `size` pixels."""
    first, last = start * size, (start + length) * size
    # Fractions of whole pixels are seldom exact.
    return slice(max(0, int(first + 1e-6)), max(0, min(size, int(np.ceil(last - 1e-6)))))
