from dataclasses import dataclass
from typing import ClassVar

import cv2
import numpy as np

from features.binary_words import BinaryWords


class Detector:
    """Two keypoints with known bits, the weaker one first."""

    def detectAndCompute(self, image, mask):
        if not image.any():
            return (), None
        keypoints = [cv2.KeyPoint(1, 2, 4, 0, response) for response in (0.1, 0.9)]
        return keypoints, np.array([[0b10100000], [0b01111111]], np.uint8)


@dataclass(repr=False, eq=False, kw_only=True)
class Words(BinaryWords):
    bits: ClassVar[int] = 3

    image_size: int = 8

    def detector(self):
        return Detector()


def test_bits_are_unpacked_and_the_strongest_come_first():
    found = Words().describe(np.ones((8, 8), np.uint8))
    np.testing.assert_array_equal(found.values, [[0, 1, 1], [1, 0, 1]])
    np.testing.assert_allclose(found.points, [[1 / 8, 2 / 8]] * 2)


def test_no_more_keypoints_are_kept_than_asked_for():
    assert len(Words(n_keypoints=1).describe(np.ones((8, 8), np.uint8))) == 1


def test_an_image_without_keypoints_has_no_descriptors():
    assert Words().describe(np.zeros((8, 8), np.uint8)).values.shape == (0, 3)
