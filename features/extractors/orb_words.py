"""Visual words of ORB: corners, described by which point of each pair is brighter."""

from dataclasses import dataclass
from typing import Any, ClassVar

import cv2

from features.binary_words import BinaryWords

__all__ = ["OrbWords"]


@dataclass(repr=False, eq=False, kw_only=True)
class OrbWords(BinaryWords):
    """Histogram of visual words over ORB descriptors, compared by Hamming distance."""

    bits: ClassVar[int] = 256

    fast_threshold: int = 5

    def detector(self) -> Any:
        """ORB, which keeps the strongest corners."""
        return cv2.ORB.create(self.n_keypoints, fastThreshold=self.fast_threshold)
