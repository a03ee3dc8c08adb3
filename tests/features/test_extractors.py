"""The contract of every extractor in the folder; one that is added is tested by being there."""

import cv2
import numpy as np
import pytest
from sklearn.base import clone

import arrays
import features.extractors
import registry
from errors import InvalidOption

# Networks have a contract of their own, in test_backbone.py.
PLUGINS = {
    name: registry.load(features.extractors, name) for name in registry.names(features.extractors)
}
NAMES = [
    # A network must be built.
    pytest.param(name, marks=[pytest.mark.slow] if hasattr(plugin, "network") else [])
    for name, plugin in PLUGINS.items()
    if not hasattr(plugin, "transform_images")
]


def image(seed, height=160, width=160):
    noise = np.random.default_rng(seed).normal(size=(height, width))
    blobs = sum(cv2.GaussianBlur(noise, (0, 0), spread) * spread for spread in (1, 2, 5))
    return cv2.normalize(blobs, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


IMAGES = [image(seed) for seed in range(4)]
BLANK = np.zeros((160, 160), np.uint8)
# The contract does not depend on how much is learned, the time it takes does.
SMALL = {
    **{"n_words": 32, "n_gaussians": 4},
    **{"network": "small_resnet", "weights": "random"},
}


@pytest.fixture(scope="module", params=NAMES)
def extractor(request):
    plain = PLUGINS[request.param]()
    small = {name: SMALL[name] for name in SMALL.keys() & plain.get_params()}
    if "n_keypoints" in plain.get_params():
        small["image_size"] = 256
    if "network" in small:
        small |= {"image_size": 64, "n_components": 4, "precision": "float32"}
    return plain.set_params(**small).fit(IMAGES)


@pytest.fixture(scope="module")
def rows(extractor):
    return extractor.transform(IMAGES)


def test_each_image_is_one_row_of_finite_numbers(extractor, rows):
    assert rows.shape == (len(IMAGES), extractor.width)
    assert rows.dtype in (np.float32, np.uint8)
    assert np.isfinite(rows).all()


def test_files_give_the_same_rows_as_their_planes(extractor, rows, tmp_path):
    paths = [str(tmp_path / f"{number}.png") for number in range(len(IMAGES))]
    for path, plane in zip(paths, IMAGES, strict=True):
        cv2.imwrite(path, plane)
    np.testing.assert_array_equal(extractor.transform(paths), rows)
    again = clone(extractor).fit(np.array(paths, object))
    np.testing.assert_array_equal(again.transform(IMAGES), rows)


def test_one_file_alone_is_refused(extractor):
    with pytest.raises(InvalidOption, match=r"got 'film\.png'"):
        extractor.transform("film.png")


def test_different_images_have_different_rows(rows):
    assert len(np.unique(rows, axis=0)) == len(IMAGES)


def test_a_row_does_not_depend_on_its_neighbours(extractor, rows):
    np.testing.assert_array_equal(extractor.transform([IMAGES[3], BLANK, IMAGES[2]])[2], rows[2])


def test_a_stream_of_images_gives_the_same_rows(extractor, rows):
    np.testing.assert_array_equal(extractor.transform(iter(IMAGES)), rows)


def test_a_blank_image_is_legal(extractor):
    assert np.isfinite(extractor.transform([BLANK, BLANK + 255])).all()


def test_images_of_any_shape_are_taken(extractor):
    assert len(extractor.transform([image(0, 90, 140), image(1, 700, 33)])) == 2


@pytest.mark.parametrize("shape", [(1, 1), (2, 900), (1500, 2000)])
def test_tiny_and_huge_images_give_finite_numbers(extractor, shape):
    grey = np.full(shape, 90, np.uint8)
    assert np.isfinite(extractor.transform([grey])).all()


def test_images_are_not_written_to(extractor):
    before = image(9)
    extractor.transform([before])
    np.testing.assert_array_equal(before, image(9))


def test_learns_tells_the_truth(extractor, rows):
    others = clone(extractor).fit([image(seed) for seed in range(50, 54)]).transform(IMAGES)
    assert np.array_equal(others, rows) != extractor.learns


def test_the_same_images_teach_the_same_whether_listed_or_streamed(extractor, rows):
    again = clone(extractor).fit(iter(IMAGES)).transform(IMAGES)
    np.testing.assert_array_equal(again, rows)


def test_what_was_learned_survives_the_disk(extractor, rows):
    restored = arrays.give(clone(extractor), arrays.learned_bytes(extractor))
    np.testing.assert_array_equal(restored.transform(IMAGES), rows)


def test_numbers_do_not_depend_on_opencv_threads(extractor, rows):
    threads = cv2.getNumThreads()
    try:
        for count in (1, 4):
            cv2.setNumThreads(count)
            np.testing.assert_array_equal(extractor.transform(IMAGES[:2]), rows[:2])
    finally:
        cv2.setNumThreads(threads)


def test_preprocessing_is_told(extractor):
    assert extractor.preprocessing(IMAGES[0]).shape == (extractor.image_size,) * 2


def test_version_is_a_whole_number_from_one(extractor):
    assert isinstance(extractor.version, int)
    assert extractor.version >= 1
