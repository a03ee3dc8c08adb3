import shutil
from dataclasses import replace

import numpy as np
import pytest

from errors import InvalidOption
from models import bundle
from pipelines import bundle_scores, score
from pipelines.bundle_scores import check, predicted
from pipelines.command_options import Score
from tests import fakes

# Bundles are loaded, and images predicted.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """Images of another place, ten of them the very files that the bundle has learned from."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for number in range(60, 90):
        kind, size = (("sick", 32), ("well", 128))[number % 2]
        fakes.write_picture(folder / kind / f"n{number}.png", number, size)
    return folder


def options(place, folder, **changes):
    known = {"bundle": [str(place / "bundle")], "data": folder, "cache": place / "cache"}
    return Score(**known | {"jobs": 1, "replicates": 60} | changes)


@pytest.fixture(scope="module")
def made(place, elsewhere):
    return predicted(options(place, elsewhere))


def test_a_bundle_predicts_the_images_of_another_place(made):
    assert len(made.images) == 30
    (scores,) = made.scores
    assert scores.model == "bundle"
    sick = made.images.labels[:, made.images.label_names.index("sick")]
    assert scores.probabilities[sick == 1, 0].mean() > scores.probabilities[sick == 0, 0].mean()


def test_thresholds_are_those_of_the_bundle(made, place):
    known = bundle.load(place / "bundle")
    expected = [known.thresholds[known.labels.index(name)] for name in made.images.label_names]
    np.testing.assert_array_equal(made.thresholds["bundle"], np.array(expected, float))


def test_images_that_it_has_learned_from_are_left_out(place):
    made = predicted(options(place, place / "films"))
    assert 0 < len(made.images) < 60
    assert any("the bundle has learned from the same files" in note for note in made.images.notes)


def test_two_bundles_are_compared_over_the_same_images(place, elsewhere, tmp_path):
    shutil.copytree(place / "bundle", tmp_path / "again")
    both = [f"first={place / 'bundle'}", str(tmp_path / "again")]
    report = score.run(options(place, elsewhere, bundle=both, out=tmp_path / "out")).values
    assert [each["model"] for each in report["comparisons"]] == ["again"]
    assert report["comparisons"][0]["delta_macro_auc"] == 0


def test_bundles_of_one_name_are_refused(place, elsewhere):
    with pytest.raises(InvalidOption, match="must give each bundle its own name"):
        predicted(options(place, elsewhere, bundle=[str(place / "bundle")] * 2))


def test_other_labels_than_the_bundles_are_an_error_that_lists_both(place, tmp_path):
    root = fakes.ground_truth(tmp_path / "other")
    with pytest.raises(InvalidOption, match="Effusion"):
        predicted(options(place, root))


def test_labels_are_renamed_by_a_table(place, elsewhere, tmp_path):
    shutil.copytree(elsewhere / "sick", tmp_path / "data" / "ill")
    shutil.copytree(elsewhere / "well", tmp_path / "data" / "well")
    (tmp_path / "map.csv").write_text("name,finding\nill,sick\n")
    made = predicted(options(place, tmp_path / "data", map=tmp_path / "map.csv"))
    assert "sick" in made.images.label_names


def exclusive(place, classes):
    """The bundle with exclusive classes, of which its labels are the first two."""
    known = bundle.load(place / "bundle")
    if len(classes) > 2:
        changed = {"labels": classes, "classes": classes}
    else:
        changed = {"labels": ("sick",), "classes": classes}
    return replace(known, **changed)


def test_a_bundle_of_other_classes_is_refused(place):
    three = exclusive(place, ("sick", "well", "dead"))
    images = fakes.images(np.eye(2), label_names=("sick", "well"))
    with pytest.raises(InvalidOption, match="has no dead"):
        bundle_scores.of_classes(images, three)


def test_images_of_one_class_each_are_kept_for_exclusive_classes(place):
    labels = np.array([[1, 0], [0, 1], [1, 1], [0, 0]])
    two = exclusive(place, ("sick", "well"))
    kept = bundle_scores.of_classes(fakes.images(labels, label_names=("sick", "well")), two)
    assert kept.classes == ("sick", "well")
    assert kept.label_names == ("sick",)
    np.testing.assert_array_equal(kept.labels[:, 0], [1, 0])
    assert kept.notes == ("2 images left out, which have none or several of the classes",)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"data": "x"}, "--data is for bundles"),
        ({"bundle": ["b"]}, "got no --data"),
        ({"bundle": ["b"], "data": "x", "labels": "l.csv"}, "--labels is for scores from files"),
        ({"bundle": ["b"], "data": "x", "task": "exclusive"}, "--task is for scores from files"),
    ],
)
def test_options_of_bundles_and_of_files_are_not_mixed(given, message):
    with pytest.raises(InvalidOption, match=message):
        check(Score(**given))


def test_folders_and_cores_may_be_given_beside_files_of_scores():
    check(Score(labels="l.csv", scores=["a=a.csv"], jobs=2))
