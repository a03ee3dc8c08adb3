import keras.src.applications.efficientnet as keras_efficientnet
import numpy as np
import pytest

from features.extractors.efficientnetb0 import EfficientNetB0
from features.runtime import keras

pytestmark = pytest.mark.slow


@pytest.fixture
def fetched(monkeypatch):
    """Stands in for the download: gives Keras whatever file the list holds."""
    files = []
    monkeypatch.setattr(keras_efficientnet.file_utils, "get_file", lambda *_, **__: files[0])
    return files


def saved(path, mean, variance):
    network = EfficientNetB0(weights="random", image_size=32).backbone
    (layer,) = (layer for layer in network.layers if layer.name.startswith("normalization"))
    layer.set_weights([np.array(mean), np.array(variance), np.array(0)])
    network.save(path)
    return str(path)


def test_imagenets_file_gives_what_imagenets_download_gives(tmp_path, images, fetched):
    path = saved(tmp_path / "w.h5", [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    fetched.append(path)
    vectors = [
        EfficientNetB0(weights=weights, image_size=32, batch_size=4).transform_images(images(32))
        for weights in ("imagenet", path)
    ]
    assert np.linalg.norm(vectors[0] - vectors[1]) < 1e-4 * np.linalg.norm(vectors[0])


def test_a_file_trained_from_scratch_is_taken_as_it_is(tmp_path, images):
    path = saved(tmp_path / "w.h5", [0.0] * 3, [1.0] * 3)
    extractor = EfficientNetB0(weights=path, image_size=32, batch_size=4)
    plain = keras.applications.EfficientNetB0(
        include_top=False, pooling="avg", weights=path, input_shape=(32, 32, 3)
    )
    expected = np.asarray(plain(np.repeat(images(32)[..., None], 3, -1).astype(np.float32)))
    vectors = extractor.transform_images(images(32))
    assert np.linalg.norm(vectors - expected) < 1e-4 * np.linalg.norm(expected)
