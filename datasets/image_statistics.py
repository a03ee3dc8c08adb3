"""Statistics of images that differ between scanners, such as exposure, contrast and sharpness.

They describe an image as it was decoded, without its content, so that two sets of images can be
compared, or new images with those that a model learned from.
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


def statistics_of(plane: np.ndarray) -> ImageStatistics:
    """The statistics of a grey plane (h, w) uint8."""
    height, width = plane.shape
    small = _reduced(plane)
    edges = cv2.Laplacian(small, cv2.CV_32F)
    figures = small.mean(), small.std(), edges.std()
    return ImageStatistics(float(width), float(height), *map(float, figures))


def bit_depth(data: bytes) -> float:
    """Bits of a grey value as a file stores it; NaN if a DICOM does not say."""
    if image_files.is_dicom(data):
        stored = image_files.dicom_header(data)[BITS]
        return float(stored) if stored.isdigit() else float("nan")
    # A JPEG that we decode has 8 bits.
    return float(data[PNG_DEPTH]) if data.startswith(PNG) else 8.0


def table_of(paths: Iterable[str], jobs: int) -> pd.DataFrame:
    """A row for each image file: its statistics and `bits`; NaN for one that cannot be read."""
    with image_threads(jobs) as pool:
        rows = [
            UNKNOWN if isinstance(made, ImageUnreadable) else made
            for _, made in each_image(pool, paths, str, _row, FILES_PER_JOB * jobs)
        ]
    return pd.DataFrame(rows, columns=COLUMNS, dtype=float)


def _row(_: str, file: ImageFile) -> tuple[float, ...]:
    return (*statistics_of(file.decoded.plane), bit_depth(file.data))


def _reduced(plane: np.ndarray) -> np.ndarray:
    """The plane with at most MEASURED_SIDE pixels on its longer side."""
    longer = max(plane.shape)
    if longer <= MEASURED_SIDE:
        return plane
    height, width = (max(1, round(side * MEASURED_SIDE / longer)) for side in plane.shape)
    return cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA)
