import numpy as np
import pytest

from models.views import Block, Views
from tests.models import made_up

pytestmark = pytest.mark.slow

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 32 * 32), np.uint8)
VIEWS = Views(
    {
        "sift": Block(np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32), "words"),
        "pixels": Block(IMAGES, "pixels"),
    }
)


@pytest.fixture(scope="module")
def rooms():
    from models import image_network, networks

    return image_network, networks


@pytest.fixture(params=["resnet50", "densenet121", "inceptionv3", "efficientnetb0"])
def extractor(request):
    import features.extractors
    import registry

    size = {"inceptionv3": 80}.get(request.param, 32)
    return registry.load(features.extractors, request.param)(weights="random", image_size=size)


def test_the_networks_own_preprocessing_is_inside(rooms, extractor):
    size = extractor.preprocessing.image_size
    images = np.random.default_rng(0).integers(0, 256, (2, size, size), np.uint8)
    pixels = np.repeat(images[..., None], 3, axis=-1).astype(np.float32)
    found = np.asarray(rooms[0].rgb_backbone(extractor, "float32")(pixels))
    expected = np.asarray(extractor.backbone(extractor.prepare(images)))
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())


@pytest.fixture(scope="module")
def small():
    from features.extractors.keras_file import KerasFile

    return KerasFile(weights=made_up.backbone_file(32))


def test_a_policy_changes_what_is_computed_in_and_not_the_weights(rooms, small):
    made = rooms[0].rgb_backbone(small, "mixed_bfloat16")
    assert made.output.dtype == "bfloat16"
    assert {weight.dtype for weight in made.weights} == {"float32"}


def test_the_head_gets_the_embedding_that_extraction_computes(rooms, small):
    network, networks = rooms
    seen = network.with_embedding(small.transform_images, VIEWS, 2)
    assert seen.blocks["pixels"].kind == "deep"
    head = networks.head(seen, np.zeros(4, np.float32), networks.Shape(8, 0.2, "concat"), 0)
    whole = network.joined(network.rgb_backbone(small, "float32"), head, "pixels")
    expected = np.asarray(head(seen.arrays))
    np.testing.assert_allclose(np.asarray(whole(VIEWS.arrays)), expected, rtol=1e-4, atol=1e-5)


def test_embeddings_of_images_are_those_of_the_extractor(rooms, small):
    found = rooms[0].with_embedding(small.transform_images, VIEWS, 2).arrays["pixels"]
    expected = small.transform(list(IMAGES.reshape(5, 32, 32)))
    np.testing.assert_array_equal(found, expected)


def test_a_trained_backbone_takes_the_grey_image_three_times(rooms):
    images = IMAGES.reshape(5, 32, 32)
    found = np.asarray(rooms[0].rgb(images))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, np.stack([images] * 3, axis=-1))


def test_a_head_does_not_scale_an_embedding_of_mean_0_and_deviation_1(rooms, small):
    seen = rooms[0].with_standard_embedding(small, VIEWS.select(np.arange(4))).arrays["pixels"]
    assert seen.shape == (4, small.width)
    assert seen.mean() == 0
    assert seen.std() == 1


def test_a_backbones_own_dropouts_begin_at_the_seed(rooms):
    from features.runtime import keras

    pixels = keras.Input((4, 4, 3))
    network = keras.Model(pixels, keras.layers.Dropout(0.5)(keras.layers.Dropout(0.5)(pixels)))
    images = np.ones((3, 4, 4, 3), np.float32)

    def thinned(seed):
        rooms[0].seed_dropouts(network, seed)
        return np.asarray(network(images, training=True))

    np.testing.assert_array_equal(thinned(7), thinned(7))
    assert (thinned(7) != thinned(8)).any()
