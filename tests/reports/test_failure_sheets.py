from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from evaluation.scores import Scores
from evaluation.truth import Truth
from reports.failure_figures import Failures
from reports.failure_sheets import Decided, differing, most_confident, sheets
from tests import fakes

LABELS = np.array([[0, 1], [0, 1], [1, 0], [1, 0], [0, np.nan]])
OURS = np.array([[0.9, 0.9], [0.6, 0.1], [0.1, 0.1], [0.4, 0.2], [0.1, 0.9]])
THEIRS = np.array([[0.1, 0.1], [0.1, 0.9], [0.9, 0.1], [0.9, 0.2], [0.9, 0.9]])


@pytest.fixture
def images():
    return fakes.images(LABELS, label_names=("Edema", "Mass"))


@pytest.fixture
def truth(images):
    return Truth(images.ids, images.patients, images.labels, images.label_names)


def decided(truth, probabilities, model="ours"):
    scores = Scores(model, truth.ids, probabilities, truth.label_names)
    return Decided.of(scores, np.full(2, 0.5), ())


def test_the_farthest_false_positives_and_negatives_of_every_label_are_chosen(truth):
    found = most_confident(decided(truth, OURS), truth, 1)
    called = [(each.image, each.label, each.truth, each.probability) for each in found]
    assert called == [
        ("film0", "Edema", 0, 0.9),
        ("film2", "Edema", 1, 0.1),
        ("film1", "Mass", 1, 0.1),
    ]
    assert {each.threshold for each in found} == {0.5}


def test_more_are_chosen_if_asked_for_and_none_for_0(truth):
    found = most_confident(decided(truth, OURS), truth, 2)
    assert [each.image for each in found if each.label == "Edema"] == [
        *("film0", "film1", "film2", "film3")
    ]
    assert most_confident(decided(truth, OURS), truth, 0) == []


def test_nothing_is_decided_without_thresholds(truth):
    scores = Scores("ours", truth.ids, OURS, truth.label_names)
    assert most_confident(Decided.of(scores, None, ()), truth, 1) == []


def test_of_exclusive_classes_the_most_probable_one_is_the_call():
    labels, probabilities = np.eye(3)[[0, 1]], np.array([[0.2, 0.7, 0.1], [0.1, 0.8, 0.1]])
    ids = np.array(["a", "b"], object)
    truth = Truth(ids, ids, labels, ("A", "B", "C"))
    made = Decided.of(Scores("ours", ids, probabilities, truth.label_names), None, ("A", "B", "C"))
    found = most_confident(made, truth, 1)
    assert [(each.label, each.truth, each.threshold) for each in found] == [
        ("A", 1, None),
        ("B", 0, None),
    ]


def test_images_on_which_one_model_is_right_come_by_how_far_they_differ(truth):
    ours, theirs = decided(truth, OURS), decided(truth, THEIRS, "theirs")
    right, wrong = differing(ours, theirs, truth, 9)
    assert right == [(0, 1), (4, 0)]
    assert wrong == [(0, 0), (1, 1), (2, 0), (3, 0)]
    assert differing(ours, theirs, truth, 1)[1] == [(0, 0)]


def test_sheets_are_written_where_images_can_be_read(truth, images, tmp_path):
    path = tmp_path / "image.png"
    Image.fromarray(fakes.picture(0)).save(path)
    images = replace(images, paths=np.full(5, str(path), object))
    pair = decided(truth, OURS), decided(truth, THEIRS, "theirs")
    found = Failures("ours", most_confident(pair[0], truth, 1), [])
    same, made = sheets(found, pair, truth, images, tmp_path / "plots", 1, 1)
    assert same == found
    assert [each.path.name for each in made] == ["wrong_calls.png", "differing_calls.png"]
    assert all(each.path.is_file() for each in made)


def test_without_files_there_is_a_reason(truth, images, tmp_path):
    pair = decided(truth, OURS), decided(truth, THEIRS, "theirs")
    found = Failures("ours", most_confident(pair[0], truth, 1), [])
    told, made = sheets(found, pair, truth, images, tmp_path, 1, 1)
    assert (told.no_pictures, made) == ("no image files are at hand", [])
