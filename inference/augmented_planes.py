"""Test-time augmentation of decoded films: turned, moved and lit a little, for any extractor."""

from collections.abc import Iterator

import cv2
import numpy as np

from features.preprocessing import letterbox
from models.augmentation import WHITE, draw, policy_named

POLICY = "mild"


def augmented(plane: np.ndarray, times: int) -> Iterator[np.ndarray]:
    """A plane (h, w) uint8, so many times in a square that holds it, each time augmented anew.

    The draws are the same for every film, so that no film's spread depends on another's.
    """
    size = max(plane.shape)
    square = letterbox(plane, size)
    for time in range(times):
        rng = np.random.default_rng(time)
        draws = draw(policy_named(POLICY), np.ones(1), size, False, rng)
        matrix = draws["transforms"][0, :6].reshape(2, 3)
        # Keras and so `draw` tell where each new pixel comes from.
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        moved = cv2.warpAffine(square, matrix, (size, size), flags=how).astype(np.float32)
        lit = (moved - moved.mean()) * draws["contrast"] + moved.mean() + draws["brightness"]
        yield np.rint(np.clip(lit, 0, WHITE)).astype(np.uint8)
