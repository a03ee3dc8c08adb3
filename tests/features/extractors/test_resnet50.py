import pytest

from features.extractors.resnet50 import ResNet50
from features.runtime import keras


@pytest.mark.slow
def test_vectors_are_those_of_plain_keras(distance_from_plain_keras):
    extractor = ResNet50(weights="random", image_size=224, batch_size=4)
    own = keras.applications.resnet50
    assert distance_from_plain_keras(extractor, own.ResNet50, own.preprocess_input, 224) < 1e-4


@pytest.mark.slow
def test_its_own_size_is_the_one_it_was_made_for():
    assert ResNet50().preprocessing.image_size == 224
