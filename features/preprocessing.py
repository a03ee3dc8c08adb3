"""The preprocessing of every image before an extractor sees it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from datasets import image_files
from errors import ImageUnreadable, InvalidOption

# ORB halves images; the largest is the limit of the decoder.
SMALLEST, LARGEST = 2, 10_000
CLIP_LIMIT = 2.0
TILES = (8, 8)

# A file, or a grey plane (h, w) uint8.
Image = str | Path | np.ndarray

# x, y, width, height in fractions of an image or of a square.
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Preprocessing:
    """Makes a grey plane square by letterboxing, and equalises local contrast if asked."""

    image_size: int
    equalise: bool

    def __post_init__(self) -> None:
        if not SMALLEST <= self.image_size <= LARGEST:
            raise InvalidOption(
                f"image_size must be from {SMALLEST} to {LARGEST:,} pixels; got {self.image_size}."
            )

    def __call__(self, plane: Image) -> np.ndarray:
        """The plane (h, w) uint8, given or read from a file, as (image_size, image_size) uint8."""
        square = letterbox(_plane(plane), self.image_size)
        return equalised(square) if self.equalise else square


def several(given: Iterable[Image]) -> Iterable[Image]:
    """Files or planes unchanged; a single one is refused, because it would be iterated."""
    alone = isinstance(given, np.ndarray) and given.ndim == 2
    if alone or isinstance(given, str | Path):
        raise InvalidOption(
            "Images must be a list of files or of grey planes; got"
            f" {'one plane' if alone else repr(str(given))}. Put it in brackets, as in"
            " transform([image])."
        )
    return given


def _plane(image: Image) -> np.ndarray:
    if not isinstance(image, str | Path):
        return image
    try:
        return image_files.read(image)
    except ImageUnreadable as error:
        raise ImageUnreadable(
            f"Images must be PNG, JPEG or DICOM files; {image} cannot be read: {error}. Leave it"
            " out."
        ) from error


def equalised(square: np.ndarray) -> np.ndarray:
    """An image (s, s) uint8 with its local contrast equalised by CLAHE."""
    return cv2.createCLAHE(clipLimit=CLIP_LIMIT, tileGridSize=TILES).apply(square)


def letterbox(plane: np.ndarray, size: int) -> np.ndarray:
    """The plane (h, w) scaled to fit (size, size), in the middle of black bars."""
    left, top, width, height = _place(plane.shape, size)
    smooth = cv2.INTER_AREA if size < max(plane.shape) else cv2.INTER_LINEAR
    square = np.zeros((size, size), plane.dtype)
    scaled = cv2.resize(plane, (width, height), interpolation=smooth)
    square[top : top + height, left : left + width] = scaled
    return square


def box_in_square(box: Box, shape: tuple[int, ...]) -> Box:
    """A box in fractions of an image (h, w), converted to fractions of its letterboxed square."""
    size = max(shape)
    left, top, width, height = _place(shape, size)
    x, y, across, down = box
    return (
        (left + x * width) / size,
        (top + y * height) / size,
        across * width / size,
        down * height / size,
    )


def map_in_image(square: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A map (s, s) float32 of a letterboxed square as a map (h, w) of the image, without bars."""
    size = max(shape)
    left, top, width, height = _place(shape, size)
    large = cv2.resize(square, (size, size), interpolation=cv2.INTER_LINEAR)
    return large[top : top + height, left : left + width]


def _place(shape: tuple[int, ...], size: int) -> tuple[int, int, int, int]:
    """Left, top, width and height of an image (h, w) in its letterboxed square, in pixels."""
    scale = size / max(shape)
    height, width = (max(1, round(length * scale)) for length in shape)
    return (size - width) // 2, (size - height) // 2, width, height
