"""Visual words of binary descriptors, which state which of two places is brighter, bit by bit."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from features.local_descriptors import LocalDescriptors
from features.visual_words import VisualWords


@dataclass(repr=False, eq=False, kw_only=True)
class BinaryWords(VisualWords):
    """Histogram of visual words over binary descriptors; a subclass adds `detector` and `bits`."""

    bits: ClassVar[int]

    image_size: int = 512
    # On NIH images CLAHE lowers macro AUC of ORB words by 0.02.
    equalise: bool = False
    n_words: int = 128
    pyramid: tuple[int, ...] = (1, 2, 4)
    n_keypoints: int = 800

    @abstractmethod
    def detector(self) -> Any:
        """OpenCV's detector of keypoints and their descriptors, of `bits` bits in whole bytes."""

    def describe(self, image: np.ndarray) -> LocalDescriptors:
        """The strongest keypoints of an image (s, s) uint8, their bits as 0 and 1."""
        keypoints, packed = self.detector().detectAndCompute(image, None)
        if packed is None or not len(keypoints):
            return LocalDescriptors.none(self.bits)
        # On unpacked bits the squared Euclidean distance is the Hamming distance.
        bits = np.unpackbits(packed, axis=1, count=self.bits).astype(np.float32)
        return LocalDescriptors.strongest(keypoints, bits, self.image_size, self.n_keypoints)
