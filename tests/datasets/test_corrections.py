import numpy as np
import pandas as pd
import pytest

from datasets import corrections, loading
from datasets.images import Skipped
from datasets.options import Reading
from errors import BadTable
from tests import fakes

NAN = np.nan
LABELS = np.array([[1, 0], [0, 1], [1, NAN]], float)


@pytest.fixture
def images():
    """Images film0, film1 and film2 with the labels Edema and Mass."""
    return fakes.images(LABELS, label_names=("Edema", "Mass"))


@pytest.fixture
def write(tmp_path):
    """A table with these rows of image, label and corrected."""

    def write(*rows, columns=("image", "label", "corrected")):
        path = tmp_path / "suspects.csv"
        pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
        return path

    return write


def test_filled_in_cells_replace_labels(images, write):
    path = write(
        ("film0", "Edema", "0"),
        ("film1", "Mass", ""),
        ("film2", "Mass", 1),
        ("film2", "Edema", "?"),
    )
    found = corrections.applied(images, path)
    np.testing.assert_array_equal(found.labels, [[0, 0], [0, 1], [NAN, 1]])


def test_a_note_counts_what_was_read_again_and_what_changed(images, write):
    path = write(("film0", "Edema", 0), ("film1", "Edema", 1), ("film1", "Mass", 1))
    told = "suspects.csv: 3 labels were read again; corrected: 1 to present, 1 to absent"
    assert corrections.applied(images, path).notes[-1] == told


def test_corrections_are_undone(images, write):
    path = write(("film0", "Edema", 0), ("film2", "Mass", 1))
    changed = corrections.applied(images, path)
    back = changed.uncorrected
    np.testing.assert_array_equal(back.labels, LABELS)
    assert back.corrections.empty
    half = changed.select(np.array([2])).uncorrected
    np.testing.assert_array_equal(half.labels, LABELS[2:])


def test_no_table_changes_nothing(images):
    assert corrections.applied(images, None) is images


def test_unknown_images_are_named(images, write):
    path = write(("film0", "Edema", 0), ("other", "Edema", 0))
    with pytest.raises(BadTable, match=r"must be in made up; 1 are not: other\."):
        corrections.applied(images, path)


def test_images_that_were_skipped_are_counted_in_a_note(images, write):
    images = images.select(np.array([0, 1]), (Skipped("film2", "no image file"),))
    path = write(("film0", "Edema", 0), ("film2", "Mass", 1))
    assert "1 labels are of images that were skipped" in corrections.applied(images, path).notes[-1]


def test_unknown_labels_are_named_with_what_may_be_meant(images, write):
    path = write(("film0", "Edemma", 0))
    with pytest.raises(BadTable, match="got Edemma; did you mean Edema"):
        corrections.applied(images, path)


def test_labels_that_findings_leave_out_are_a_note(images, write):
    path = write(("film0", "Edema", 0), ("film0", "Hernia", 1))
    notes = corrections.applied(images, path, findings="Edema,Mass").notes
    assert "suspects.csv: labels left out by --findings: Hernia" in notes


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("film0", "Edema", "yes")], "Edema of film0 is 'yes'"),
        ([("film0", "Edema", "")], "its column 'corrected' is empty"),
        ([("film0", "Edema", 0), ("film0", "edema", 1)], "corrects Edema of film0 to several"),
    ],
)
def test_what_makes_no_sense_is_refused(images, write, rows, reason):
    with pytest.raises(BadTable, match=reason):
        corrections.applied(images, write(*rows))


def test_a_table_without_a_column_of_corrections_is_refused(images, write):
    path = write(("film0", "Edema"), columns=("image", "label"))
    with pytest.raises(BadTable, match="must have a column 'corrected'"):
        corrections.applied(images, path)


@pytest.fixture
def classes():
    return fakes.images(np.eye(3)[[0, 1, 2]], label_names=("A", "B", "C"))


def test_a_class_that_is_corrected_to_present_makes_the_others_absent(classes, write):
    found = corrections.applied(classes, write(("film0", "B", 1)), "exclusive")
    np.testing.assert_array_equal(found.labels[0], [0, 1, 0])
    np.testing.assert_array_equal(found.uncorrected.labels, classes.labels)


def test_of_two_classes_one_that_is_absent_makes_the_other_present(write):
    images = fakes.images(np.eye(2), label_names=("A", "B"))
    found = corrections.applied(images, write(("film0", "A", 0)), "exclusive")
    np.testing.assert_array_equal(found.labels, [[0, 1], [0, 1]])


def test_an_image_without_any_class_left_is_refused(classes, write):
    with pytest.raises(BadTable, match="leaves film0 with 0 of them"):
        corrections.applied(classes, write(("film0", "A", 0)), "exclusive")


def having(images, label):
    return images.ids[images.labels[:, images.label_names.index(label)] == 1].tolist()


def test_images_of_a_data_set_are_read_with_corrections(tmp_path, write):
    root = fakes.nih(tmp_path / "nih")
    path = write(("00000003_000.png", "Hernia", 0), ("00000002_000.png", "Hernia", 1))
    images = loading.load(Reading(data=root, corrections=path))
    assert having(images, "Hernia") == ["00000002_000.png"]
    assert having(images.uncorrected, "Hernia") == ["00000003_000.png"]
