import pytest

from features.extractors.efficientnetb3 import EfficientNetB3
from features.runtime import keras


@pytest.mark.long
def test_vectors_are_those_of_plain_keras(distance_from_plain_keras):
    extractor = EfficientNetB3(weights="random", image_size=96, batch_size=4)
    own = keras.applications.efficientnet
    assert distance_from_plain_keras(extractor, own.EfficientNetB3, own.preprocess_input, 96) < 1e-4


@pytest.mark.slow
def test_its_own_size_is_the_one_it_was_made_for():
    assert EfficientNetB3().preprocessing.image_size == 300
