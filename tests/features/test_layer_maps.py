import numpy as np
import pytest

from errors import InvalidOption
from features.extractors.small_resnet import SmallResNet
from features.layer_maps import chosen, map_of
from features.runtime import keras

pytestmark = pytest.mark.slow

IMAGE = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)


@pytest.fixture(scope="module")
def network():
    return SmallResNet(weights="random", image_size=64, precision="float32")


def test_a_map_is_what_keras_computes_for_the_layer(network):
    layer = chosen(network.backbone, "")
    part = keras.Model(network.backbone.inputs, layer.output)
    expected = np.asarray(part(network.prepare(IMAGE[np.newaxis])))[0]
    np.testing.assert_allclose(map_of(network, "")(IMAGE), expected, rtol=1e-4, atol=1e-5)


def test_the_last_map_with_enough_places_is_chosen(network):
    assert chosen(network.backbone, "").output.shape == (None, 16, 16, 16)


def test_a_layer_is_chosen_by_its_name(network):
    assert map_of(network, "stage2_norm")(IMAGE).shape == (4, 4, 64)


def test_a_layer_that_does_not_exist_is_refused(network):
    with pytest.raises(InvalidOption, match="layer must have a feature map; got 'stage9'"):
        chosen(network.backbone, "stage9")


def test_a_network_without_a_large_map_gives_its_last():
    inputs = keras.Input((12, 12, 3))
    model = keras.Model(inputs, keras.layers.Conv2D(4, 3, name="only")(inputs))
    assert chosen(model, "").name == "only"
