"""Visual words of ORB: corners, described by which point of each pair is brighter."""

from dataclasses import dataclass

import cv2
import numpy as np

from features.local_descriptors import LocalDescriptors
from features.visual_words import VisualWords

__all__ = ["OrbWords"]

BITS = 256


@dataclass(repr=False, eq=False, kw_only=True)
class OrbWords(VisualWords):
    """Histogram of visual words over ORB descriptors, compared by Hamming distance."""

    image_size: int = 512
    # On NIH images CLAHE lowers macro AUC by 0.02.
    equalise: bool = False
    n_words: int = 128
    pyramid: tuple[int, ...] = (1, 2, 4)
    n_keypoints: int = 800
    fast_threshold: int = 5

    def describe(self, image: np.ndarray) -> LocalDescriptors:
        """The strongest corners of an image (s, s) uint8, their 256 bits as 0 and 1."""
        detector = cv2.ORB.create(self.n_keypoints, fastThreshold=self.fast_threshold)
        corners, packed = detector.detectAndCompute(image, None)
        if packed is None:
            return LocalDescriptors.none(BITS)
        # On unpacked bits the squared Euclidean distance is the Hamming distance.
        bits = np.unpackbits(packed, axis=1).astype(np.float32)
        return LocalDescriptors.strongest(corners, bits, self.image_size, self.n_keypoints)
