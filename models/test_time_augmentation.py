"""Test-time augmentation: how far a network's word on a film moves when the film does a little."""

import numpy as np

from features.runtime import keras, tf
from models.augmentation import Augmentation, draw, equalise, for_devices, policy_named
from models.image_batches import in_batches
from models.views import PIXELS, Views, side_of

IMAGES_AT_ONCE = 32


def augmented_logits(
    network: keras.Model, views: Views, policy: str, times: int, seed: int
) -> np.ndarray:
    """Logits (times, n, k) of films, each time augmented anew by a policy."""
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
