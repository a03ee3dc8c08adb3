import numpy as np
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def network():
    from features import weights
    from features.small_resnet import small_resnet

    return weights.random(small_resnet, 64, seed=0)


def test_an_image_becomes_a_map_of_a_thirty_second_of_its_size(network):
    assert network.output_shape == (None, 2, 2, 128)


def test_an_image_is_alone_in_a_batch_even_in_training(network):
    images = np.random.default_rng(0).integers(0, 256, (4, 64, 64, 3)).astype(np.float32)
    together = np.asarray(network(images, training=True))
    alone = np.asarray(network(images[2:3], training=True))
    np.testing.assert_allclose(together[2:3], alone, rtol=1e-3, atol=1e-5)


def test_every_weight_can_learn(network):
    assert len(network.trainable_weights) == len(network.weights)
