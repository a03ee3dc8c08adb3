import numpy as np
import pytest

from datasets import loading
from datasets.image_files import read as decoded
from datasets.images import Caution
from datasets.options import Work
from datasets.readers import nih
from errors import BadArrays
from tests import fakes


@pytest.fixture
def read(tmp_path):
    def read(root, **options):
        return loading.load(Work(data=root, cache=tmp_path / "cache", **options))

    return read


def arrays(root, name="chestmnist"):
    return dict(np.load(root / f"{name}.npz"))


def test_images_labels_and_sets_are_those_of_the_file(read, tmp_path):
    root = fakes.chestmnist(tmp_path / "films")
    images, kept = read(root), arrays(root)
    assert [int(images.in_set(name).sum()) for name in ("train", "validation", "test")] == [4, 2, 3]
    np.testing.assert_array_equal(images.labels[images.test], kept["test_labels"])
    row = np.flatnonzero(images.test)[1]
    np.testing.assert_array_equal(decoded(images.paths[row]), kept["test_images"][1])


def test_labels_have_the_names_of_nih(read, tmp_path):
    names = read(fakes.chestmnist(tmp_path / "films")).label_names
    assert names == nih.LABELS[:14]


def test_that_no_patients_are_named_is_a_caution_and_the_overlap_with_nih_too(read, tmp_path):
    images = read(fakes.chestmnist(tmp_path / "films"))
    cautions = [note for note in images.notes if isinstance(note, Caution)]
    assert any("from NIH ChestX-ray14" in note for note in cautions)
    assert any("names no patients" in note for note in cautions)
    assert images.patients_from == "one patient per image"


def test_of_several_files_the_largest_images_are_read_and_the_others_named(read, tmp_path):
    root = fakes.chestmnist(tmp_path / "films")
    fakes.chestmnist(root, "chestmnist_64", 64)
    notes = read(root).notes
    assert "chestmnist_64.npz: images of 64 × 64 pixels; not read: chestmnist.npz" in notes


def test_one_column_of_classes_becomes_a_label_for_each(read, tmp_path):
    root = fakes.chestmnist(tmp_path / "films", "pneumoniamnist", n_labels=1)
    images = read(root)
    assert images.label_names == ("Normal", "Pneumonia")
    positives = arrays(root, "pneumoniamnist")["train_labels"][:, 0]
    np.testing.assert_array_equal(images.labels[images.train], np.eye(2)[positives])
    assert not any("from NIH" in note for note in images.notes)


def test_labels_of_another_set_are_numbered(read, tmp_path):
    root = fakes.chestmnist(tmp_path / "films", "othermnist", n_labels=3)
    assert read(root).label_names == ("label 0", "label 1", "label 2")


def test_the_table_alone_is_read_without_unpacking(read, tmp_path):
    assert len(read(fakes.chestmnist(tmp_path / "films"), images=False)) == 9
    assert not (tmp_path / "cache").exists()


def test_a_file_of_other_arrays_is_refused(read, tmp_path):
    np.savez(tmp_path / "chestmnist.npz", x=np.zeros(3))
    with pytest.raises(BadArrays, match="lacks train_images, train_labels"):
        read(tmp_path)


def test_a_file_with_another_number_of_labels_is_refused(read, tmp_path):
    with pytest.raises(BadArrays, match="must have 14 labels"):
        read(fakes.chestmnist(tmp_path / "films", n_labels=3))
