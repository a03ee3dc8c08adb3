"""Visual words of BRISK: corners at several scales, described by brightness around rings."""

from dataclasses import dataclass
from typing import Any, ClassVar

import cv2

from features.binary_words import BinaryWords

__all__ = ["BriskWords"]


@dataclass(repr=False, eq=False, kw_only=True)
class BriskWords(BinaryWords):
    """Histogram of visual words over BRISK descriptors, compared by Hamming distance."""

    bits: ClassVar[int] = 512
    # The outer ring has 1.5 times the diameter of the keypoint.
    window: ClassVar[float] = 1.5

    threshold: int = 10

    def detector(self) -> Any:
        """BRISK with a threshold that finds the faint corners of radiographs."""
        return cv2.xfeatures2d.BRISK.create(thresh=self.threshold)
