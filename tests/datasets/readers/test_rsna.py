import json

import numpy as np
import pandas as pd
import pytest

from datasets import loading
from datasets.images import Caution
from datasets.options import Reading
from errors import BadTable
from tests import fakes


def read(root, **options):
    return loading.load(Reading(data=root, **options))


def test_an_image_is_one_row_however_many_boxes_it_has(tmp_path):
    images = read(fakes.rsna(tmp_path))
    assert images.ids.tolist() == ["r1", "r2", "r3", "r4"]
    assert images.label_names == ("Lung Opacity", "Normal", "No Lung Opacity / Not Normal")
    np.testing.assert_array_equal(images.labels, [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
    assert "5 rows of 4 images" in images.notes


def test_boxes_are_fractions_of_1024_pixels(tmp_path):
    boxes = read(fakes.rsna(tmp_path)).boxes
    assert boxes["id"].tolist() == ["r1", "r1", "r4"]
    assert boxes.iloc[0][["x", "y", "width", "height"]].tolist() == [0.25, 0.5, 0.125, 0.0625]


def test_without_the_classes_only_the_opacity_is_known_and_a_note_says_so(tmp_path):
    root = fakes.rsna(tmp_path)
    (root / "stage_2_detailed_class_info.csv").unlink()
    images = read(root)
    assert images.label_names == ("Lung Opacity",)
    assert any(
        "so Normal and No Lung Opacity / Not Normal are not known" in n for n in images.notes
    )


def test_a_class_that_contradicts_the_target_is_counted(tmp_path):
    root = fakes.rsna(tmp_path)
    (root / "stage_2_detailed_class_info.csv").write_text(
        fakes.RSNA_CLASSES.replace("r2,Normal", "r2,Lung Opacity")
    )
    assert any(note.startswith("1 images have a Target that") for note in read(root).notes)


def test_the_overlap_with_nih_is_a_caution(tmp_path):
    caution = read(fakes.rsna(tmp_path)).notes[0]
    assert isinstance(caution, Caution)
    assert "from NIH ChestX-ray14" in caution


def test_a_patient_id_of_the_set_names_an_image_not_a_patient(tmp_path):
    assert read(fakes.rsna(tmp_path)).patients_from == "one patient per image"


def test_patients_are_those_of_nih_where_the_list_of_origins_is_there(tmp_path):
    root = fakes.rsna(tmp_path)
    rows = [("r1", "00000007_000.png"), ("r2", "00000007_003.png"), ("r3", "00000008_000.png")]
    (root / "pneumonia-challenge-dataset-mappings_2018.json").write_text(
        json.dumps([{"subset_img_id": one, "img_id": other} for one, other in rows])
    )
    images = read(root)
    assert images.patients.tolist() == ["00000007", "00000007", "00000008", "r4"]
    assert images.patients_from == "the label table"


def test_a_damaged_list_of_origins_is_refused(tmp_path):
    root = fakes.rsna(tmp_path)
    (root / "pneumonia-challenge-dataset-mappings_2018.json").write_text("{}[")
    with pytest.raises(BadTable, match="must be a JSON list with subset_img_id"):
        read(root)


def test_age_sex_and_view_are_from_headers_or_a_table_of_them(tmp_path):
    root = fakes.rsna(tmp_path)
    assert set(read(root).meta["age"]) == {51}
    (root / "my_dicom_headers.csv").write_text(
        "PatientID,PatientAge,PatientSex,ViewPosition\nr1,60,M,AP\nr4,61,F,PA\n"
    )
    meta = read(root).meta
    assert meta["view"].tolist() == ["AP", "", "", "PA"]


def test_a_target_that_is_not_zero_or_one_is_refused(tmp_path):
    root = fakes.rsna(tmp_path)
    (root / "stage_2_train_labels.csv").write_text(fakes.RSNA.replace("r2,,,,,0", "r2,,,,,x"))
    with pytest.raises(BadTable, match=r"Target in .* must be 0 or 1"):
        read(root)


@pytest.mark.real
def test_the_real_table_has_the_counts_that_pandas_gives(real_data, tmp_path):
    tables = real_data / "tables"
    (tmp_path / "stage_2_train_labels.csv.zip").symlink_to(
        tables / "rsna_stage_2_train_labels.csv.zip"
    )
    (tmp_path / "rsna_dicom_headers.csv.gz").symlink_to(tables / "rsna_dicom_headers.csv.gz")
    images = read(tmp_path, images=False)
    frame = pd.read_csv(tables / "rsna_stage_2_train_labels.csv.zip")
    assert (len(frame), len(images)) == (30_227, frame["patientId"].nunique()) == (30_227, 26_684)
    positives = frame.loc[frame["Target"] == 1, "patientId"].nunique()
    assert images.labels.sum() == positives == 6_012
    assert len(images.boxes) == frame["x"].notna().sum() == 9_555
    views = pd.read_csv(tables / "rsna_dicom_headers.csv.gz")["ViewPosition"]
    assert (images.meta["view"] == "PA").sum() == (views == "PA").sum()
