import pytest

from features.extractors.inceptionv3 import InceptionV3
from features.runtime import keras


@pytest.mark.long
def test_vectors_are_those_of_plain_keras(distance_from_plain_keras):
    extractor = InceptionV3(weights="random", image_size=96, batch_size=4)
    own = keras.applications.inception_v3
    assert distance_from_plain_keras(extractor, own.InceptionV3, own.preprocess_input, 96) < 1e-4


@pytest.mark.slow
def test_its_own_size_is_the_one_it_was_made_for():
    assert InceptionV3().preprocessing.image_size == 299
