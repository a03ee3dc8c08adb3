"""Statistics of images that differ between scanners, such as exposure, contrast and sharpness.

They describe an image as it was decoded, so that two sets of images can be compared, or new images
with those that a model learned from. The layout shows roughly where an image is bright, without
regard to its exposure and contrast, so it differs if an image is inverted or turned.
"""

from collections.abc import Iterable
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd

from datasets import image_files
from datasets.image_files import BITS
from datasets.image_stream import ImageFile, each_image, image_threads
from errors import ImageUnreadable

# Longer side in pixels at which greys are measured, so that sharpness depends little on the size.
MEASURED_SIDE = 512
# Rows and columns of a layout: enough to tell lungs from mediastinum and abdomen.
LAYOUT_SIDE = 6
PNG, PNG_DEPTH = b"\x89PNG\r\n\x1a\n", 24
FILES_PER_JOB = 16


class ImageStatistics(NamedTuple):
    """Width and height in pixels; of greys from 0 to 255 the mean (exposure), the standard
    deviation (contrast), and that of the Laplacian (sharpness).
    """

    width: float
    height: float
    exposure: float
    contrast: float
    sharpness: float


STATISTICS = ImageStatistics._fields
UNMEASURED = ImageStatistics(*[float("nan")] * len(STATISTICS))
COLUMNS = (*STATISTICS, BITS)
UNKNOWN = (*UNMEASURED, float("nan"))
EVEN = np.zeros(LAYOUT_SIDE**2, np.float32)


def statistics_of(plane: np.ndarray) -> ImageStatistics:
    """The statistics of a grey plane (h, w) uint8."""
    height, width = plane.shape
    small = _reduced(plane)
    edges = cv2.Laplacian(small, cv2.CV_32F)
    figures = small.mean(), small.std(), edges.std()
    return ImageStatistics(float(width), float(height), *map(float, figures))


def layout_of(plane: np.ndarray) -> np.ndarray:
    """The mean greys in a grid of 6 x 6 cells, (36,) float32 with mean 0 and deviation 1."""
    size = (LAYOUT_SIDE, LAYOUT_SIDE)
    small = _reduced(plane).astype(np.float32)
    cells = cv2.resize(small, size, interpolation=cv2.INTER_AREA).ravel()
    cells -= cells.mean()
    return cells / (cells.std() or 1)


def bit_depth(data: bytes) -> float:
    """Bits of a grey value as a file stores it; NaN if a DICOM does not say."""
    if image_files.is_dicom(data):
        stored = image_files.dicom_header(data)[BITS]
        return float(stored) if stored.isdigit() else float("nan")
    # A JPEG that we decode has 8 bits.
    return float(data[PNG_DEPTH]) if data.startswith(PNG) else 8.0


class Measured(NamedTuple):
    """Statistics and `bits` of n image files as a table, and their layouts (n, 36)."""

    table: pd.DataFrame
    layouts: np.ndarray


def measured(paths: Iterable[str], jobs: int) -> Measured:
    """A row for each image file; one that cannot be read has statistics NaN and an even layout."""
    with image_threads(jobs) as pool:
        made = [
            (UNKNOWN, EVEN) if isinstance(each, ImageUnreadable) else each
            for _, each in each_image(pool, paths, str, _row, FILES_PER_JOB * jobs)
        ]
    rows, layouts = [row for row, _ in made], [layout for _, layout in made]
    table = pd.DataFrame(rows, columns=COLUMNS, dtype=float)
    return Measured(table, np.array(layouts, np.float32).reshape(-1, len(EVEN)))


def _row(_: str, file: ImageFile) -> tuple[tuple[float, ...], np.ndarray]:
    plane = file.decoded.plane
    return (*statistics_of(plane), bit_depth(file.data)), layout_of(plane)


def _reduced(plane: np.ndarray) -> np.ndarray:
    """The plane with at most MEASURED_SIDE pixels on its longer side."""
    longer = max(plane.shape)
    if longer <= MEASURED_SIDE:
        return plane
    height, width = (max(1, round(side * MEASURED_SIDE / longer)) for side in plane.shape)
    return cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA)
