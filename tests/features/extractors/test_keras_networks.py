"""Networks from Keras, each against what Keras itself computes."""

import pytest

import features.extractors
import registry
from features.backbone import Backbone

pytestmark = pytest.mark.slow
# By name: the module and class in Keras, the own size, the size tested, and the mark of the test.
NETWORKS = [
    ("resnet50", "resnet50", "ResNet50", 224, 224, ()),
    ("densenet121", "densenet", "DenseNet121", 224, 96, pytest.mark.long),
    ("efficientnetb0", "efficientnet", "EfficientNetB0", 224, 96, ()),
    ("efficientnetb3", "efficientnet", "EfficientNetB3", 300, 96, pytest.mark.long),
    ("inceptionv3", "inception_v3", "InceptionV3", 299, 96, pytest.mark.long),
]


@pytest.mark.parametrize(
    ("name", "module", "network", "size"),
    [
        pytest.param(name, module, network, tested, id=name, marks=mark)
        for name, module, network, _, tested, mark in NETWORKS
    ],
)
def test_embeddings_are_those_of_plain_keras(
    name, module, network, size, distance_from_plain_keras
):
    from features.runtime import keras

    extractor = registry.load(features.extractors, name)(
        weights="random", image_size=size, batch_size=4
    )
    own = getattr(keras.applications, module)
    build, prepare = getattr(own, network), own.preprocess_input
    assert distance_from_plain_keras(extractor, build, prepare, size) < 1e-4


@pytest.mark.parametrize(("name", "own_size"), [(each[0], each[3]) for each in NETWORKS])
def test_the_size_is_that_of_the_original_network(name, own_size):
    extractor = registry.load(features.extractors, name)()
    assert extractor.preprocessing.image_size == own_size


def test_every_network_of_keras_is_tested_here():
    names = registry.names(features.extractors)
    loaded = {name: registry.load(features.extractors, name) for name in names}
    of_keras = {
        name
        for name, extractor in loaded.items()
        if issubclass(extractor, Backbone) and hasattr(extractor, "application")
    }
    assert of_keras == {each[0] for each in NETWORKS}
