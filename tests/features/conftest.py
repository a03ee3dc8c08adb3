import numpy as np
import pytest


@pytest.fixture
def plainly():
    """Vectors of images by plain Keras: its own preprocessing, network and pooling, untouched."""

    def compute(extractor, application, preprocess_input, images):
        size = images.shape[1]
        network = application(
            include_top=False, pooling="avg", weights=None, input_shape=(size, size, 3)
        )
        network.set_weights(extractor.backbone.get_weights())
        pixels = np.repeat(images[..., None], 3, axis=-1).astype(np.float32)
        return np.asarray(network(preprocess_input(pixels), training=False))

    return compute


@pytest.fixture
def lived_in():
    """Gives a random network's batch norms such numbers as training would."""

    def fill(network):
        rng = np.random.default_rng(3)
        for layer in network.layers:
            if hasattr(layer, "moving_mean"):
                for weight in layer.weights:
                    middle = 1 if weight.name in ("gamma", "moving_variance") else 0
                    weight.assign(rng.uniform(middle - 0.2, middle + 0.2, weight.shape))

    return fill


@pytest.fixture
def images():
    """Four square images of the size asked for."""
    return lambda size: np.random.default_rng(0).integers(0, 256, (4, size, size), dtype=np.uint8)
