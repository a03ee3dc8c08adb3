import numpy as np
import pytest

from errors import InvalidOption
from features.extractors.keras_file import KerasFile
from features.runtime import keras

pytestmark = pytest.mark.slow
layers = keras.layers


def saved(path, size, *ending):
    inputs = keras.Input((size, size, 3))
    outputs = layers.Conv2D(4, 3)(layers.Rescaling(1 / 255)(inputs))
    for layer in ending:
        outputs = layer(outputs)
    model = keras.Model(inputs, outputs)
    model.save(path)
    return model


@pytest.mark.parametrize(
    "ending", [[], [layers.GlobalAveragePooling2D()], [layers.GlobalMaxPooling2D()]]
)
def test_vectors_are_the_files_own_or_its_maps_average(tmp_path, images, ending):
    model = saved(tmp_path / "m.keras", 20, *ending)
    planes = images(20)
    expected = np.asarray(model(np.repeat(planes[..., None], 3, -1).astype(np.float32)))
    if not ending:
        expected = expected.mean(axis=(1, 2))
    vectors = KerasFile(weights=str(tmp_path / "m.keras")).transform_images(planes)
    np.testing.assert_allclose(vectors, expected, rtol=1e-4, atol=1e-5)


def test_an_average_at_the_end_is_cut_off_to_reach_the_feature_map(tmp_path):
    saved(tmp_path / "m.keras", 20, layers.GlobalAveragePooling2D())
    extractor = KerasFile(weights=str(tmp_path / "m.keras"))
    assert extractor.backbone.output_shape == (None, 18, 18, 4)


def test_a_file_of_any_size_takes_the_size_that_is_asked_for(tmp_path, images):
    saved(tmp_path / "m.keras", None)
    extractor = KerasFile(weights=str(tmp_path / "m.keras"), image_size=40)
    assert extractor.preprocessing.image_size == 40
    assert extractor.transform_images(images(40)).shape == (4, 4)
    assert KerasFile(weights=str(tmp_path / "m.keras")).preprocessing.image_size == 224


def test_a_sequential_file_is_as_good(tmp_path, images):
    model = keras.Sequential([keras.Input((20, 20, 3)), layers.Conv2D(4, 3), layers.ReLU()])
    model.save(tmp_path / "m.keras")
    vectors = KerasFile(weights=str(tmp_path / "m.keras")).transform_images(images(20))
    maps = np.asarray(model(np.repeat(images(20)[..., None], 3, -1).astype(np.float32)))
    np.testing.assert_allclose(vectors, maps.mean(axis=(1, 2)), rtol=1e-4, atol=1e-4)


def test_a_file_of_one_size_takes_no_other(tmp_path):
    saved(tmp_path / "m.keras", 20)
    extractor = KerasFile(weights=str(tmp_path / "m.keras"), image_size=40)
    with pytest.raises(InvalidOption, match="images of 20 pixels per side; got 40"):
        _ = extractor.preprocessing


@pytest.mark.parametrize("keyword", ["auto", "imagenet", "random"])
def test_a_keyword_is_no_file(keyword):
    for ask in (KerasFile.content, lambda each: each.backbone):
        with pytest.raises(InvalidOption, match=r"--weights FILE\.keras"):
            ask(KerasFile(weights=keyword))


@pytest.mark.real
def test_the_real_file_reads_images_and_is_the_same_in_any_company(real_data):
    path = real_data / "weights" / "squeezenet_imagenet.keras"
    extractor = KerasFile(weights=str(path))
    planes = np.random.default_rng(0).integers(0, 256, (18, 224, 224), dtype=np.uint8)
    vectors = extractor.transform_images(planes)
    pixels = np.repeat(planes[..., None], 3, axis=-1).astype(np.float32)
    plain = np.asarray(keras.saving.load_model(path)(pixels))
    assert np.linalg.norm(vectors - plain) < 1e-4 * np.linalg.norm(plain)
    np.testing.assert_array_equal(extractor.transform_images(planes[::-1])[::-1], vectors)
