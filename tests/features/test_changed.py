import numpy as np
import pytest

from datasets import image_files, loading
from datasets.blanking import Blanking
from datasets.image_change import acquisition
from datasets.options import Reading, Work
from features import extraction_loop
from features.branch import Branch
from features.changed import changed
from features.extracted import compute
from features.store import FeatureStore
from tests import fakes
from tests.features import stubs


@pytest.fixture
def images(tmp_path):
    return loading.load(Reading(data=fakes.sick_and_well(tmp_path / "images", 12, 64, 64)))


@pytest.fixture
def options(tmp_path):
    return Work(cache=tmp_path / "cache", jobs=2)


def fitted(images, options, *extractors):
    branches = {}
    for extractor in extractors:
        name = type(extractor).__name__
        branches[name] = Branch(extractor, FeatureStore(options.cache, stubs.recipe(name)))
    return compute(images, branches, options).branches


def test_each_change_has_the_features_of_the_changed_image(images, options):
    branches = fitted(images, options, stubs.Mean(), stubs.Batched())
    changes = [acquisition("exposure", 2), acquisition("crop", 5)]
    found = changed(images, branches, changes, options)
    for change, extracted in zip(changes, found, strict=True):
        planes = [
            change(image_files.read(path), image, key)
            for image, path, key in zip(images.ids, images.paths, extracted.keys(), strict=True)
        ]
        expected = [[plane.mean(), len(plane)] for plane in planes]
        np.testing.assert_allclose(extracted.features("Mean").values, expected, rtol=1e-6)
        squares = [stubs.Batched().preprocessing(plane).mean() for plane in planes]
        np.testing.assert_allclose(extracted.features("Batched").values[:, 0], squares, rtol=1e-6)


def test_a_second_run_computes_nothing(images, options):
    branches = fitted(images, options, stubs.Mean())
    change = acquisition("blur", 3)
    first = changed(images, branches, [change], options)[0].features("Mean").values
    again = fitted(images, options, stubs.Mean())
    seen = again["Mean"].extractor.seen
    second = changed(images, again, [change], options)[0].features("Mean").values
    assert again["Mean"].extractor.seen == seen
    np.testing.assert_array_equal(first, second)


def test_recipes_and_features_of_unchanged_images_stay_as_they_are(images, options):
    branches = fitted(images, options, stubs.Mean())
    store = branches["Mean"].store
    assert store.recipe == stubs.recipe("Mean")
    before = sorted(path.name for path in store.folder.iterdir())
    changed(images, branches, [acquisition("blur", 3)], options)
    assert sorted(path.name for path in store.folder.iterdir()) == before
    assert branches["Mean"].keys(images.ids, ["x"] * len(images)) == ["x"] * len(images)


def test_nothing_is_learned_from_changed_images(images, options):
    branches = fitted(images, options, stubs.Learned())
    level = branches["Learned"].extractor.level_
    (found,) = changed(images, branches, [acquisition("inversion", 5)], options)
    assert branches["Learned"].extractor.level_ == level
    plane = image_files.read(images.paths[0])
    expected = (255 - plane).mean() - level
    assert found.features("Learned").values[0, 0] == pytest.approx(expected, rel=1e-5)


def test_another_learned_state_is_another_store(images, options):
    branches = fitted(images, options, stubs.Learned())
    change = acquisition("blur", 1)
    (first,) = changed(images, branches, [change], options)
    branches["Learned"].extractor.level_ = np.float64(3.0)
    (second,) = changed(images, branches, [change], options)
    one, other = (each.branches["Learned"].store.folder for each in (first, second))
    assert one != other


def test_only_images_with_other_boxes_are_computed_again(images, options):
    branches = fitted(images, options, stubs.Mean())
    boxes = {image: np.array([[0, 0, 0.5, 1]]) for image in images.ids}
    changed(images, branches, [Blanking(boxes, fill=0)], options)
    seen = branches["Mean"].extractor.seen
    boxes[images.ids[2]] = np.array([[0, 0, 1, 0.5]])
    (found,) = changed(images, branches, [Blanking(boxes, fill=0)], options)
    assert branches["Mean"].extractor.seen == seen + 1
    plane = image_files.read(images.paths[2]).copy()
    plane[:32] = 0
    assert found.features("Mean").values[2, 0] == pytest.approx(plane.mean(), rel=1e-6)


def test_an_image_that_cannot_be_read_is_skipped_in_every_result(images, options):
    branches = fitted(images, options, stubs.Mean())
    with open(images.paths[1], "wb") as file:
        file.write(b"no image")
    found = changed(images, branches, [acquisition("blur", s) for s in (1, 2)], options)
    assert [len(each.images) for each in found] == [11, 11]
    assert images.ids[1] not in found[0].images.ids


def test_an_image_is_decoded_and_changed_once_for_all_extractors(images, options, monkeypatch):
    branches = fitted(images, options, stubs.Mean(), stubs.Batched())
    change, calls = acquisition("blur", 3), []
    own = type(change).changed
    monkeypatch.setattr(type(change), "changed", lambda *given: calls.append(1) or own(*given))
    changed(images, branches, [change], options)
    assert len(calls) == len(images)


def test_a_branch_of_changed_images_learns_nothing(images, options):
    store = FeatureStore(options.cache, stubs.recipe("Learned"))
    branch = Branch(stubs.Learned(), store, acquisition("blur", 1))
    extraction_loop.learn(branch, images, 1)
    assert not hasattr(branch.extractor, "level_")
