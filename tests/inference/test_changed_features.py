import numpy as np
import pytest

from datasets import image_files, sources
from datasets.image_change import acquisition
from errors import InvalidOption
from features.recipe import LEARNED
from inference.changed_features import bundle_features
from inference.working_bundle import WorkingBundle
from pipelines.command_options import Train


def opened(place, cache=None, **bundles):
    options = Train(data=place / "films", cache=cache or place / "cache", jobs=2)
    images = sources.images_of(options)
    images = images.select(np.arange(6))
    made = bundles or {"one": WorkingBundle(place / "bundle")}
    return made, images, bundle_features(made, images, options)


def test_unchanged_features_are_those_that_training_left_in_the_cache(place):
    folders = {path.name for path in (place / "cache").iterdir()}
    made, images, features = opened(place)
    planes = [image_files.read(path) for path in images.paths]
    expected = made["one"].extractors["orb_words"].transform(planes)
    np.testing.assert_array_equal(features.unchanged()["one"]["orb_words"], expected)
    assert {path.name for path in (place / "cache").iterdir()} == folders


def test_changed_features_are_those_of_changed_images(place, tmp_path):
    made, images, features = opened(place, tmp_path)
    change = acquisition("contrast", 4)
    keys = features.plain.keys()
    planes = [
        change(image_files.read(path), image, key)
        for path, image, key in zip(images.paths, images.ids, keys, strict=True)
    ]
    (after,) = features.after([change])
    expected = made["one"].extractors["orb_words"].transform(planes)
    np.testing.assert_array_equal(after["one"]["orb_words"], expected)


def test_bundles_with_the_same_extractor_share_its_features(place, tmp_path):
    one, other = (WorkingBundle(place / "bundle") for _ in range(2))
    _, _, features = opened(place, tmp_path, one=one, other=other)
    assert len(features.plain.branches) == 1
    blocks = features.unchanged()
    np.testing.assert_array_equal(blocks["one"]["orb_words"], blocks["other"]["orb_words"])


def test_another_vocabulary_in_the_cache_is_left_alone(place, tmp_path):
    _, _, features = opened(place, tmp_path)
    (branch,) = features.plain.branches.values()
    folder = branch.store.folder
    (folder / f"learned-{'0' * 32}.npz").write_bytes(b"of other images")
    _, _, again = opened(place, tmp_path)
    (own,) = again.plain.branches.values()
    assert own.store.folder != folder
    assert LEARNED in own.store.recipe
    np.testing.assert_array_equal(
        features.unchanged()["one"]["orb_words"], again.unchanged()["one"]["orb_words"]
    )


def test_embeddings_from_a_file_cannot_be_computed_from_changed_images(embedded):
    with pytest.raises(InvalidOption, match="mine come from a file"):
        opened(embedded)
