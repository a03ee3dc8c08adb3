"""A perceptual hash of images: near for copies, far for other images.

It holds the signs of low frequencies (of a discrete cosine transform of a thumbnail), of which
brightness, contrast, noise, size and compression change few. Chest images look alike, so many are
needed: with the usual 64, images of different patients collide.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import cv2
import numpy as np

SIDE, WAVES = 64, 24
# Copies may be cropped, so images are also hashed without this share of each edge.
TRIMS = (0.0, 0.02, 0.04)
# The first frequency is the mean.
BITS = WAVES * WAVES - 1
BYTES = -(-BITS // 8)
# Smaller amplitudes are rounding errors, as in an image of one grey level.
LEAST_WAVE = 1e-2
# Low frequencies first, so that the start of a hash is a shorter hash.
SLOWEST_FIRST = np.argsort(np.maximum(*np.indices((WAVES, WAVES))).ravel(), kind="stable")[1:]


@dataclass(frozen=True)
class Thumbnails:
    """Several crops of an image, each scaled to a square regardless of its aspect ratio."""

    side: int = SIDE
    trims: tuple[float, ...] = TRIMS

    def __call__(self, plane: np.ndarray) -> np.ndarray:
        """Thumbnails (crops, side, side) float32 of an image (h, w) uint8."""
        crops = [_trimmed(plane, share) for share in self.trims]
        square = (self.side, self.side)
        small = [cv2.resize(crop, square, interpolation=cv2.INTER_AREA) for crop in crops]
        return np.stack(small).astype(np.float32)


class ImageHash:
    """Hashes as features for the store: packed bits of all crops, a row per image."""

    version: ClassVar[int] = 1
    learns: ClassVar[bool] = False
    libraries: ClassVar[tuple[str, ...]] = ()
    neutral: ClassVar[tuple[str, ...]] = ()
    bytes_per_number: ClassVar[int] = 1
    width: ClassVar[int] = len(TRIMS) * BYTES
    preprocessing: ClassVar[Thumbnails] = Thumbnails()

    def get_params(self) -> dict[str, Any]:
        """The number of frequencies per side."""
        return {"waves": WAVES}

    def content(self) -> dict[str, str]:
        """Nothing besides the parameters."""
        return {}

    def transform(self, planes: Sequence[np.ndarray]) -> np.ndarray:
        """Hashes (n, width) uint8 of images (h, w) uint8."""
        return np.stack([_hash(self.preprocessing(plane)) for plane in planes])


def crop_of(hashes: np.ndarray, crop: int) -> np.ndarray:
    """The columns (n, BYTES) of hashes (n, width) for one crop; crop 0 is the whole image."""
    return hashes[:, crop * BYTES : (crop + 1) * BYTES]


def signs(hashes: np.ndarray, count: int) -> np.ndarray:
    """The first bits of hashes (n, count) as 1 and −1 in float32, so that products compare them."""
    return 2 * np.unpackbits(hashes, axis=1, count=count).astype(np.float32) - 1


def _hash(thumbnails: np.ndarray) -> np.ndarray:
    waves = [cv2.dct(each)[:WAVES, :WAVES].ravel()[SLOWEST_FIRST] for each in thumbnails]
    return np.packbits(np.stack(waves) > LEAST_WAVE, axis=1).ravel()


def _trimmed(plane: np.ndarray, share: float) -> np.ndarray:
    top, left = (round(share * length) for length in plane.shape)
    return plane[top : len(plane) - top, left : plane.shape[1] - left]
