import numpy as np
import pytest

from errors import InvalidOption
from features.extractors.conv_fisher import ConvFisher

IMAGE = np.random.default_rng(0).integers(1, 256, (64, 64), dtype=np.uint8)


def made(**options):
    small = {"network": "small_resnet", "weights": "random", "image_size": 64}
    return ConvFisher(**(small | options))


def with_map(values):
    """An extractor whose network computes this map of any image."""
    extractor = made()
    extractor._map = lambda image: values
    return extractor


def test_each_place_of_the_map_is_a_descriptor_of_length_one():
    values = np.random.default_rng(1).random((3, 3, 5)).astype(np.float32)
    found = with_map(values).describe(IMAGE)
    np.testing.assert_allclose(np.linalg.norm(found.values, axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(found.values[5] * np.linalg.norm(values[1, 2]), values[1, 2])
    np.testing.assert_allclose(found.points[5], (5 / 6, 3 / 6))


def test_places_without_activation_have_no_descriptor():
    values = np.zeros((2, 2, 5), np.float32)
    values[0, 1, 3] = 2
    found = with_map(values).describe(IMAGE)
    np.testing.assert_allclose(found.points, [(0.75, 0.25)])


def test_the_weights_of_the_network_are_part_of_what_features_depend_on():
    first, second = (made(seed=seed, precision="float32").content() for seed in (0, 1))
    assert first["weights"] != second["weights"]
    assert first["precision"] == "float32"


def test_a_changed_option_builds_another_network():
    extractor = made()
    assert extractor.preprocessing.image_size == 64
    assert extractor.set_params(image_size=96).preprocessing.image_size == 96


@pytest.mark.parametrize("network", ["hog", "pixels"])
def test_an_extractor_that_is_no_network_is_refused(network):
    with pytest.raises(InvalidOption, match=f"a Keras network; {network} is not"):
        _ = made(network=network).preprocessing
