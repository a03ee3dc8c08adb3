from dataclasses import replace

import numpy as np
import pytest

from datasets import tasks
from errors import InvalidOption
from tests import fakes

NAN = np.nan
THREE = np.eye(3)[[0, 1, 2, 0, 2, 1] * 4]
TWO = THREE[:, :2] + THREE[:, 2:]
TWO[:, 1] = 1 - TWO[:, 0]


def images(labels, names):
    made = fakes.images(np.array(labels, float), [f"p{row}" for row in range(len(labels))])
    return replace(made, label_names=names)


def test_images_with_one_label_each_are_exclusive():
    found = tasks.resolved(images(THREE, ("A", "B", "C")), "auto")
    assert found.classes == found.label_names == ("A", "B", "C")
    assert tasks.of(found.classes) == "exclusive"


def test_a_few_rows_of_a_table_may_have_one_label_each_by_chance():
    few = images(THREE[: tasks.FEWEST - 1], ("A", "B", "C"))
    assert tasks.resolved(few, "auto").classes == ()
    assert tasks.resolved(few, "exclusive").classes == ("A", "B", "C")


def test_folders_of_classes_are_exclusive_however_few_images_there_are():
    few = replace(images(THREE[:3], ("A", "B", "C")), format="folders")
    assert tasks.resolved(few, "auto").classes == ("A", "B", "C")


def test_a_note_names_the_classes():
    found = tasks.resolved(images(THREE, ("A", "B", "C")), "auto")
    assert found.notes[-1] == "task: exclusive, each image has one of 3 classes: A, B, C"


@pytest.mark.parametrize("cell", [0, NAN])
def test_one_image_without_a_known_label_makes_labels_independent(cell):
    labels = THREE.copy()
    labels[0, 0] = cell
    assert tasks.resolved(images(labels, ("A", "B", "C")), "auto").classes == ()


def test_a_single_label_is_independent():
    assert tasks.resolved(images(np.ones((4, 1)), ("A",)), "auto").classes == ()


def test_multilabel_leaves_everything_as_it_is():
    given = images(THREE, ("A", "B", "C"))
    assert tasks.resolved(given, "multilabel") is given


def test_of_two_classes_the_one_that_is_not_healthy_is_the_label():
    found = tasks.resolved(images(TWO, ("COVID", "NORMAL")), "auto")
    assert (found.label_names, found.classes) == (("COVID",), ("COVID", "NORMAL"))
    np.testing.assert_array_equal(found.labels[:, 0], TWO[:, 0])


def test_all_classes_can_be_looked_up():
    given = images(TWO, ("COVID", "NORMAL"))
    every = tasks.with_all_classes(tasks.resolved(given, "auto"))
    assert every.label_names == ("COVID", "NORMAL")
    np.testing.assert_array_equal(every.labels, given.labels)


@pytest.mark.parametrize(
    ("names", "label"),
    [
        (("NORMAL", "PNEUMONIA"), "PNEUMONIA"),
        (("COVID", "non-COVID"), "COVID"),
        (("COVID", "No Finding"), "COVID"),
        (("viral", "bacterial"), "viral"),
        (("normal", "healthy"), "normal"),
    ],
)
def test_the_label_of_two_classes_follows_a_rule(names, label):
    assert tasks.positive_class(names) == label


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (
            [[1, 0], [0, 0]],
            "of 2 images 1 have none or one that is not reported, and 0 have several",
        ),
        ([[1, 0], [1, 1]], "0 have none or one that is not reported, and 1 have several"),
        ([[1, 0], [1, NAN]], "1 have none or one that is not reported"),
    ],
)
def test_exclusive_classes_need_exactly_one_label_for_each_image(labels, reason):
    with pytest.raises(InvalidOption, match=reason):
        tasks.resolved(images(labels, ("A", "B")), "exclusive")


def test_exclusive_classes_need_two():
    with pytest.raises(InvalidOption, match="at least two classes; got A"):
        tasks.resolved(images([[1], [1]], ("A",)), "exclusive")
