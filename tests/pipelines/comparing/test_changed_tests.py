import numpy as np
import pytest

from datasets import image_files
from datasets.image_change import acquisition
from errors import InvalidOption, UnknownPlugin
from features.recipe import digest
from pipelines import asked_features
from pipelines.augmented_tests import NOT_AUGMENTED
from pipelines.command_options import Compare
from pipelines.comparing import changed_tests
from tests import fakes

WORDS = {"extractors": "orb_words", "set": "orb_words.n_words=8 orb_words.image_size=128"}


def compare(**changes):
    chosen = {"classifiers": "logistic:words", "changes": "noise", "severities": "2,5"}
    return Compare(**WORDS | chosen | changes)


@pytest.fixture
def extracted(tmp_path):
    root = fakes.sick_and_well(tmp_path / "images", 30)
    options = compare(data=root, cache=tmp_path / "cache", robustness=True)
    return options, asked_features.extract(asked_features.images_of(options), options)


def test_each_condition_has_the_features_of_the_changed_test_images(extracted):
    options, stage = extracted
    found = dict(changed_tests.of_split(stage, {}, options).changed)
    extractor = stage.branches["orb_words"].extractor
    data = [image_files.read_bytes(path) for path in stage.images.paths[stage.images.test]]
    assert [*found] == ["noise 2", "noise 5"]
    for severity in (2, 5):
        change = acquisition("noise", severity)
        planes = [change(image_files.decoded(each).plane, "", digest(each)) for each in data]
        views = found[f"noise {severity}"]
        np.testing.assert_array_equal(views.arrays["orb_words"], extractor.transform(planes))
        assert views.names == ("orb_words", "metadata")


def test_severity_0_has_exactly_the_features_of_the_test_images(extracted):
    options, stage = extracted
    changes = {"noise": {0: acquisition("noise", 0)}}
    ((name, views),) = changed_tests.after(changes, stage, options)
    tested = asked_features.views_of(stage, metadata=True).select(stage.images.test)
    assert name == "noise 0"
    for block, values in tested.arrays.items():
        np.testing.assert_array_equal(views.arrays[block], values)


def test_without_robustness_there_are_none():
    assert changed_tests.of_split(None, {}, compare()) is NOT_AUGMENTED


@pytest.mark.parametrize("given", [{"severities": Compare.severities}, {"changes": ""}])
def test_changes_alone_are_refused(given):
    with pytest.raises(InvalidOption, match=r"narrows --robustness; got --\w+ \S+ alone"):
        changed_tests.check(compare(**given))


def test_changes_that_do_not_exist_are_refused():
    with pytest.raises(UnknownPlugin, match="did you mean noise"):
        changed_tests.check(compare(robustness=True, changes="noises"))


def test_a_classifier_of_features_from_a_file_is_refused():
    files = {"embeddings": ["mine=a.csv"], "robustness": True}
    with pytest.raises(InvalidOption, match="--robustness needs features that can be computed"):
        changed_tests.check(compare(classifiers="logistic", **files))
    changed_tests.check(compare(**files))
