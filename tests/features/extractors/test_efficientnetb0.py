import numpy as np
import pytest

from features.extractors.efficientnetb0 import EfficientNetB0
from features.runtime import keras


@pytest.mark.slow
def test_vectors_are_those_of_plain_keras(plainly, lived_in, images):
    extractor = EfficientNetB0(weights="random", image_size=96, batch_size=4)
    lived_in(extractor.backbone)
    films = images(96)
    preprocess_input = keras.applications.efficientnet.preprocess_input
    expected = plainly(extractor, keras.applications.EfficientNetB0, preprocess_input, films)
    vectors = extractor.transform_images(films)
    assert np.linalg.norm(vectors - expected) < 1e-4 * np.linalg.norm(expected)


@pytest.mark.slow
def test_its_own_size_is_the_one_it_was_made_for():
    assert EfficientNetB0().preprocessing.image_size == 224
