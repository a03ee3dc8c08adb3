import numpy as np
import pytest

from features.extractors.resnet50 import ResNet50
from features.runtime import keras


@pytest.mark.slow
def test_vectors_are_those_of_plain_keras(plainly, lived_in, images):
    extractor = ResNet50(weights="random", image_size=224, batch_size=4)
    lived_in(extractor.backbone)
    films = images(224)
    preprocess_input = keras.applications.resnet50.preprocess_input
    expected = plainly(extractor, keras.applications.ResNet50, preprocess_input, films)
    vectors = extractor.transform_images(films)
    assert np.linalg.norm(vectors - expected) < 1e-4 * np.linalg.norm(expected)


@pytest.mark.slow
def test_its_own_size_is_the_one_it_was_made_for():
    assert ResNet50().preprocessing.image_size == 224
