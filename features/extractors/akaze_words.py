"""Visual words of AKAZE: blobs in an image that is smoothed along edges but not across them."""

from dataclasses import dataclass
from typing import Any, ClassVar

import cv2

from features.binary_words import BinaryWords

__all__ = ["AkazeWords"]


@dataclass(repr=False, eq=False, kw_only=True)
class AkazeWords(BinaryWords):
    """Histogram of visual words over AKAZE descriptors, compared by Hamming distance."""

    bits: ClassVar[int] = 486
    # Descriptors compare cells of a square of 20 times the radius of their keypoint.
    window: ClassVar[float] = 10.0

    threshold: float = 0.0001

    def detector(self) -> Any:
        """AKAZE with a threshold that finds the faint blobs of radiographs."""
        return cv2.xfeatures2d.AKAZE.create(threshold=self.threshold)
