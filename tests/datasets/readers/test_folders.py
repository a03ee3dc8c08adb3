import pytest

from datasets import loading
from datasets.options import Reading
from errors import BadSplit, DatasetNotFound
from tests import fakes


def read(root, **options):
    return loading.load(Reading(data=root, **{"task": "multilabel"} | options))


def test_classes_become_one_hot_labels(tmp_path):
    images = read(fakes.folders(tmp_path))
    assert images.label_names == ("COVID", "NORMAL")
    assert (images.labels.sum(axis=1) == 1).all()
    assert images.labels[images.rows(["train/COVID/c1.jpg"])[0]].tolist() == [1, 0]


def test_classes_exclude_each_other_unless_they_are_asked_for_as_labels(tmp_path):
    images = read(fakes.folders(tmp_path), task="auto")
    assert (images.label_names, images.classes) == (("COVID",), ("COVID", "NORMAL"))
    assert images.labels[images.rows(["train/COVID/c1.jpg"])[0]].tolist() == [1]


def test_classes_that_parts_write_in_different_case_are_one(tmp_path):
    (fakes.folders(tmp_path) / "test" / "NORMAL").rename(tmp_path / "test" / "Normal")
    images = read(tmp_path)
    assert images.label_names == ("COVID", "NORMAL")
    assert images.labels[images.rows(["test/Normal/person9_virus_3.jpg"])[0]].tolist() == [0, 1]


def test_train_val_and_test_folders_are_the_split(tmp_path):
    images = read(fakes.folders(tmp_path))
    for part, folder in (("train", "train"), ("validation", "val"), ("test", "test")):
        assert all(name.startswith(f"{folder}/") for name in images.ids[images.in_set(part)])


def test_folders_of_classes_alone_get_a_random_split(tmp_path):
    for number in range(12):
        fakes.write_picture(tmp_path / ("sick", "well")[number % 2] / f"{number}.png")
    images = read(tmp_path)
    assert images.label_names == ("sick", "well")
    assert images.split_name.startswith("random by image")


def test_patients_are_read_from_usual_file_names(tmp_path):
    images = read(fakes.folders(tmp_path))
    found = dict(zip(images.ids, images.patients, strict=True))
    assert found["train/NORMAL/00000007_000.jpg"] == "00000007"
    assert found["test/NORMAL/person9_virus_3.jpg"] == "person9"
    assert found["train/COVID/c1.jpg"] == "train/COVID/c1.jpg"


def test_a_pattern_of_ones_own_names_patients(tmp_path):
    images = read(fakes.folders(tmp_path), patient_pattern=r"^(c\d)")
    assert {"c1", "c2", "c3", "c4"} <= set(images.patients)


def test_images_outside_a_class_folder_are_refused(tmp_path):
    fakes.write_picture(fakes.folders(tmp_path) / "stray.png")
    with pytest.raises(DatasetNotFound, match="class"):
        read(tmp_path)


@pytest.mark.real
def test_the_real_folders_share_three_patients_and_that_is_said(real_data):
    images = read(real_data / "folders")
    assert (len(images), images.label_names) == (329, ("COVID", "NORMAL", "PNEUMONIA"))
    assert images.notes[-1].startswith(
        "3 patients (by file names for some images) are in more than one"
    )
    with pytest.raises(
        BadSplit, match="shares 3 of them between sets: 00001993, 00002094, 00002288"
    ):
        read(real_data / "folders", split="given")
