import numpy as np
import pytest

import arrays
from datasets import image_files, sources
from features.recipe import digest
from inference.cached_features import CachedFeatures
from inference.working_bundle import WorkingBundle
from pipelines import train
from pipelines.command_options import Train
from tests import fakes
from tests.bundles import SMALL


@pytest.fixture(scope="module")
def dicoms(tmp_path_factory):
    """A folder of DICOMs with a bundle and a cache, which tests may change."""
    place = tmp_path_factory.mktemp("place")
    fakes.dicom(place / "films", 24)
    places = {"data": place / "films", "cache": place / "cache", "out": place / "bundle"}
    train.run(Train(**places, classifier="logistic", extractors="orb_words", set=SMALL))
    return place


def opened(place):
    """Images, a bundle, and what the cache knows of the images."""
    images = sources.images_of(Train(data=place / "films"))
    working = WorkingBundle(place / "bundle")
    return images, working, CachedFeatures(working, images, place / "cache")


def test_cached_features_are_those_that_are_computed(place):
    images, working, cached = opened(place)
    known = [each.features["orb_words"] for each in cached.of(images.ids[:5], images.paths[:5])]
    planes = [image_files.read(path) for path in images.paths[:5]]
    np.testing.assert_array_equal(known, working.extractors["orb_words"].transform(planes))


def test_features_of_dicoms_are_found(dicoms):
    images, _, cached = opened(dicoms)
    assert all("orb_words" in each.features for each in cached.of(images.ids, images.paths))


def test_bytes_that_have_changed_have_no_cached_features(place):
    images, _, cached = opened(place)
    (known,) = cached.of(images.ids[:1], images.paths[:1])
    data = image_files.read_bytes(images.paths[0])
    assert known.of(data).keys() == {"orb_words"}
    assert known.of(data + b" ") == {}


def test_a_file_that_has_changed_is_not_known(dicoms):
    images, _, cached = opened(dicoms)
    fakes.write_dicom(images.paths[3], fakes.picture(99, 128))
    known = cached.of(images.ids[2:5], images.paths[2:5])
    assert [bool(each.features) for each in known] == [True, False, True]


def test_files_without_a_data_set_are_not_looked_up(place):
    images, working, _ = opened(place)
    files = sources.images_of_files(images.paths, working.bundle.labels)
    assert CachedFeatures(working, files, place / "cache").stores == {}


def test_a_cache_without_the_features_stays_as_it_is(place, tmp_path):
    images, working, _ = opened(place)
    cached = CachedFeatures(working, images, tmp_path / "cache")
    assert not any(each.features for each in cached.of(images.ids, images.paths))
    assert not (tmp_path / "cache").exists()


def test_features_of_another_vocabulary_are_not_taken(dicoms):
    _, working, cached = opened(dicoms)
    folder, other = cached.stores["orb_words"].folder, working.extractors["orb_words"]
    (mine,) = folder.glob("learned-*.npz")
    other.words_ = other.words_[::-1]
    data = arrays.learned_bytes(other)
    mine.rename(folder / "kept.npz")
    (folder / f"learned-{digest(data)}.npz").write_bytes(data)
    assert opened(dicoms)[2].stores == {}
