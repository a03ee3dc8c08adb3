from pathlib import Path

import numpy as np
import pytest

from datasets import image_files
from datasets.images import TEST
from errors import InvalidOption, MisalignedRows
from features.recipe import digest
from models.test_time_augmentation import moves
from models.views import Block, Views
from pipelines import asked_features, augmented_tests
from pipelines.command_options import Compare, Train
from tests import fakes

WORDS = {"extractors": "orb_words", "set": "orb_words.n_words=8 orb_words.image_size=128"}


@pytest.fixture
def extracted(tmp_path):
    root = fakes.sick_and_well(tmp_path / "images", 30)
    options = train(data=root, cache=tmp_path / "cache", tta=2)
    return options, asked_features.extract(asked_features.images_of(options), options)


def train(**changes):
    return Train(classifier="logistic:words", **WORDS, **changes)


def test_versions_have_the_features_of_the_moved_test_images(extracted):
    options, stage = extracted
    versions = list(augmented_tests.of_set(TEST, stage, options, metadata=True))
    extractor = stage.branches["orb_words"].extractor
    paths = stage.images.paths[stage.images.test]
    assert len(versions) == 2
    for move, views in zip(moves(2), versions, strict=True):
        data = [image_files.read_bytes(path) for path in paths]
        planes = [move(image_files.decoded(each).plane, "", digest(each)) for each in data]
        np.testing.assert_array_equal(views.arrays["orb_words"], extractor.transform(planes))
        assert views.names == ("orb_words", "metadata")


def test_versions_are_computed_once(extracted, monkeypatch):
    options, stage = extracted
    first = [views.arrays for views in augmented_tests.of_set(TEST, stage, options, False)]
    monkeypatch.setattr(type(stage.branches["orb_words"].extractor), "transform", None)
    again = [views.arrays for views in augmented_tests.of_set(TEST, stage, options, False)]
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one["orb_words"], other["orb_words"])


def test_probabilities_are_averaged_over_test_and_external_images():
    tests, outside = (
        [Views({"any": Block(np.full((1, 1), value), "deep")}) for value in values]
        for values in ((0.25, 0.75), (0.5, 1.0))
    )
    augmented = augmented_tests.Augmented(tests, {"other": outside})
    plain = {"other": np.zeros((1, 1)), "another": np.ones((1, 1))}
    mean, spread, elsewhere = augmented.averaged(
        lambda views: views.arrays["any"], np.array([[0.2]]), plain
    )
    np.testing.assert_allclose(mean, [[(0.2 + 0.25 + 0.75) / 3]])
    np.testing.assert_allclose(spread, [[0.25]])
    np.testing.assert_allclose(elsewhere["other"], [[0.5]])
    np.testing.assert_allclose(elsewhere["another"], [[1.0]])


def test_without_tta_there_are_none():
    assert list(augmented_tests.of_set(TEST, None, train(), metadata=False)) == []


def test_versions_that_lack_an_image_are_refused(extracted):
    options, stage = extracted
    Path(stage.images.paths[stage.images.test][0]).unlink()
    with pytest.raises(MisalignedRows, match="Every version must have all"):
        augmented_tests.of_set(TEST, stage, options, metadata=False)


def test_a_classifier_of_features_from_a_file_is_refused():
    files = {"embeddings": ["mine=a.csv"], "tta": 4}
    with pytest.raises(InvalidOption, match="those of mine, which logistic takes, come from a fil"):
        augmented_tests.check(Compare(classifiers="logistic", **WORDS, **files))
    augmented_tests.check(Compare(classifiers="logistic:words", **WORDS, **files))
    augmented_tests.check(Compare(classifiers="logistic", **WORDS, embeddings=["mine=a.csv"]))


def test_too_few_versions_are_refused():
    with pytest.raises(InvalidOption, match=r"--tta must be 0, or at least 2.*got 1"):
        augmented_tests.check(train(tta=1))
