import numpy as np
import pytest


@pytest.fixture
def distance_from_plain_keras(images):
    """Of an extractor's vectors from those of Keras' own preprocessing, network and pooling."""

    def distance(extractor, application, preprocess_input, size):
        _live(extractor.backbone)
        planes = images(size)
        network = application(
            include_top=False, pooling="avg", weights=None, input_shape=(size, size, 3)
        )
        network.set_weights(extractor.backbone.get_weights())
        pixels = np.repeat(planes[..., None], 3, axis=-1).astype(np.float32)
        expected = np.asarray(network(preprocess_input(pixels), training=False))
        return np.linalg.norm(extractor.transform_images(planes) - expected) / np.linalg.norm(
            expected
        )

    return distance


def _live(network):
    """Gives a random network's batch norms such numbers as training would."""
    rng = np.random.default_rng(3)
    for layer in network.layers:
        if hasattr(layer, "moving_mean"):
            for weight in layer.weights:
                middle = 1 if weight.name in ("gamma", "moving_variance") else 0
                weight.assign(rng.uniform(middle - 0.2, middle + 0.2, weight.shape))


@pytest.fixture
def images():
    """Four square images of the size asked for."""
    return lambda size: np.random.default_rng(0).integers(0, 256, (4, size, size), dtype=np.uint8)
