"""Test-time augmentation: how far probabilities move when an image is changed a little."""

from collections.abc import Iterator

import cv2
import numpy as np

from features.preprocessing import letterbox
from features.runtime import keras, tf
from models.augmentation import WHITE, Augmentation, draw, equalise, for_devices, policy_named
from models.image_batches import in_batches
from models.views import PIXELS, Views, side_of

IMAGES_AT_ONCE = 32
PLANE_POLICY = "mild"


def augmented_logits(
    network: keras.Model, views: Views, policy: str, times: int, seed: int
) -> np.ndarray:
    """Logits (times, n, k) of images, augmented by a policy so many times."""
    (block,) = views.of(PIXELS).names
    size = side_of(views.widths[block])
    augmentation, chosen = Augmentation(size), policy_named(policy)

    @tf.function(autograph=False)
    def forward(inputs: dict[str, tf.Tensor], draws: dict[str, tf.Tensor]) -> tf.Tensor:
        images = augmentation(inputs[block], draws)
        return network(inputs | {block: images}, training=False)

    def once(rng: np.random.Generator) -> np.ndarray:
        def compute(inputs: dict[str, np.ndarray]) -> np.ndarray:
            draws = draw(chosen, np.ones(IMAGES_AT_ONCE), size, False, rng)
            images = equalise(inputs[block], draws)
            return forward(inputs | {block: images}, for_devices(draws))

        return in_batches(compute, views, IMAGES_AT_ONCE)

    return np.stack([once(np.random.default_rng((seed, time))) for time in range(times)])


def augmented_planes(plane: np.ndarray, times: int) -> Iterator[np.ndarray]:
    """So many augmented versions of a plane (h, w) uint8, each in a square that holds it.

    The random numbers are the same for every image, so that images do not depend on each other.
    """
    size = max(plane.shape)
    square = letterbox(plane, size)
    for time in range(times):
        rng = np.random.default_rng(time)
        draws = draw(policy_named(PLANE_POLICY), np.ones(1), size, False, rng)
        matrix = draws["transforms"][0, :6].reshape(2, 3)
        # As in Keras, `draw` gives the place in the old image for each new pixel.
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        moved = cv2.warpAffine(square, matrix, (size, size), flags=how).astype(np.float32)
        lit = (moved - moved.mean()) * draws["contrast"] + moved.mean() + draws["brightness"]
        yield np.rint(np.clip(lit, 0, WHITE)).astype(np.uint8)
