import numpy as np
import pytest

from datasets import image_files, loading
from datasets.options import Reading
from errors import BadSplit, BadTable
from tests import fakes


def read(root, **options):
    return loading.load(Reading(data=root, **options))


def test_findings_patients_and_meta_come_from_the_table(tmp_path):
    images = read(fakes.ground_truth(tmp_path))
    assert images.label_names == ("Effusion", "Mass")
    assert images.patients.tolist()[:3] == ["p1", "p1", "p2"]
    np.testing.assert_array_equal(images.labels[1:3], [[0, np.nan], [np.nan, 1]])


def test_without_a_split_it_is_random_by_patient(tmp_path):
    assert read(fakes.ground_truth(tmp_path)).split_name == "random by patient, seed 0"


def test_a_split_column_that_shares_a_patient_is_refused(tmp_path):
    rows = fakes.GROUND_TRUTH.splitlines()
    parts = ["split", "train", "test", "train", "train", "test", "val"]
    table = "\n".join(f"{row},{part}" for row, part in zip(rows, parts, strict=True))
    with pytest.raises(BadSplit, match="shares 1 of them between sets: p1"):
        read(fakes.ground_truth(tmp_path, table))


def test_two_rows_with_one_image_are_refused(tmp_path):
    with pytest.raises(BadTable, match=r"'a\.png' is on 2 rows"):
        read(fakes.ground_truth(tmp_path, fakes.GROUND_TRUTH + "a.png,p9,50,F,PA,1,0\n"))


def test_a_row_without_its_image_is_skipped_and_listed(tmp_path):
    root = fakes.ground_truth(tmp_path)
    (root / "xray_images" / "c.png").unlink()
    images = read(root)
    assert len(images) == 5
    assert images.skipped == (("c.png", "no image file"),)


def test_images_of_one_name_in_different_folders_keep_their_own_pictures(tmp_path):
    names = [f"p{patient}/IM{image}.png" for patient in range(4) for image in range(2)]
    rows = [f"{name},{name[:2]},{number % 2}" for number, name in enumerate(names)]
    images = read(fakes.ground_truth(tmp_path, "\n".join(["image,patient,Mass", *rows])))
    assert images.ids.tolist() == names
    for seed, path in enumerate(images.paths):
        np.testing.assert_array_equal(image_files.read(path), fakes.picture(seed))
