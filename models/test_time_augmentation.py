"""Test-time augmentation: probabilities averaged over versions of each image, and their spread."""

from collections.abc import Sequence

import numpy as np

from datasets.small_move import SmallMove
from errors import InvalidOption

# Follows the name of a model whose probabilities are averaged.
TTA = "+tta"


def check_augmentations(times: int) -> None:
    """Refuse numbers of augmentations that give no spread."""
    if times < 0 or times == 1:
        raise InvalidOption(
            f"--tta must be 0, or at least 2 to compute a spread; got {times}. Try --tta 8."
        )


def moves(times: int) -> list[SmallMove]:
    """The changes that make so many versions of an image, the same ones in every command.

    They turn, shift, zoom, brighten and steepen an image a little. None mirrors it, since the heart
    is on the left.
    """
    return [SmallMove(draw=draw) for draw in range(times)]


def averaged(versions: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and spread (n, k) of the probabilities of images, followed by those of their versions.

    The mean is over the images as they are and all versions, the spread is the standard deviation
    over versions alone.
    """
    return np.mean(versions, axis=0), np.std(versions[1:], axis=0)
