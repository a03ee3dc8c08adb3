import gzip

import numpy as np
import pytest

from datasets import loading
from datasets.options import Reading
from errors import BadTable, DatasetNotFound, InvalidOption
from tests import fakes

NAN = np.nan


def read(root, **options):
    return loading.load(Reading(data=root, **options))


def write(root, kind, text):
    (table,) = root.glob(f"mimic-cxr-*-{kind}.csv.gz")
    table.write_bytes(gzip.compress(text.encode()))


def of_image(images, name):
    return images.labels[images.rows(np.array([name], object))[0]]


def test_the_images_of_a_study_share_its_labels(tmp_path):
    images = read(fakes.mimic_cxr_jpg(tmp_path))
    assert images.label_names == ("No Finding", "Lung Opacity", "Atelectasis")
    np.testing.assert_array_equal(of_image(images, "a1-b"), [0, 0, 1])
    np.testing.assert_array_equal(of_image(images, "a2-b"), [0, 0, 1])


def test_images_have_the_studies_and_patients_of_their_metadata(tmp_path):
    images = read(fakes.mimic_cxr_jpg(tmp_path))
    assert images.studies.tolist()[:3] == ["50414267", "50414267", "53189527"]
    assert images.patients.tolist()[2:4] == ["10000032", "10000764"]


def test_images_of_a_study_without_labels_stay_and_count_as_not_reported(tmp_path):
    images = read(fakes.mimic_cxr_jpg(tmp_path))
    assert np.isnan(of_image(images, "a3-b")).all()
    assert any(note.startswith("1 studies are not in mimic-cxr-2.0.0-") for note in images.notes)


def test_uncertain_labels_are_counted_in_studies(tmp_path):
    images = read(fakes.mimic_cxr_jpg(tmp_path), uncertain="ones")
    assert of_image(images, "a4-b")[2] == 1
    note = "chexpert labels, counted in studies: uncertain (-1): Atelectasis 1 to ones"
    assert note in images.notes


def test_the_official_split_calls_validation_validate(tmp_path):
    images = read(fakes.mimic_cxr_jpg(tmp_path))
    assert images.split_name == "MIMIC-CXR's"
    assert images.ids[images.validation].tolist() == ["a4-b"]
    assert images.ids[images.test].tolist() == ["a5-b", "a6-b"]


def test_an_image_that_the_table_of_splits_lacks_is_in_no_set(tmp_path):
    root = fakes.mimic_cxr_jpg(tmp_path)
    write(root, "split", fakes.MIMIC["split"].replace("a6-b", "other"))
    images = read(root)
    assert images.ids[images.sets == ""].tolist() == ["a6-b"]


def test_without_a_table_of_splits_the_split_is_random_by_patient(tmp_path):
    root = fakes.mimic_cxr_jpg(tmp_path)
    next(root.glob("*split*")).unlink()
    assert read(root).split_name.startswith("random by patient")


def test_a_blank_view_is_read_from_its_code_or_stays_unknown(tmp_path):
    images = read(fakes.mimic_cxr_jpg(tmp_path))
    views = ["PA", "LATERAL", "", "AP", "PA", "PA", "LATERAL"]
    assert images.meta["view"].tolist() == views
    assert any(note.startswith("2 images have no ViewPosition") for note in images.notes)


def test_negbio_is_another_table(tmp_path):
    images = read(fakes.mimic_cxr_jpg(tmp_path), labels_from="negbio")
    assert of_image(images, "a4-b")[2] == 1


def test_a_radiologists_labels_replace_those_of_test_images_alone(tmp_path):
    images = read(fakes.mimic_cxr_jpg(tmp_path), labels_from="test-set")
    np.testing.assert_array_equal(of_image(images, "a5-b"), [0, 0, 1])
    np.testing.assert_array_equal(of_image(images, "a6-b"), [NAN, NAN, NAN])
    np.testing.assert_array_equal(of_image(images, "a1-b"), [0, 0, 1])
    assert images.notes[0].startswith("labels of 1 images are by a radiologist; 1 other test")


def test_a_missing_table_of_labels_is_named(tmp_path):
    root = fakes.mimic_cxr_jpg(tmp_path)
    next(root.glob("*negbio*")).unlink()
    with pytest.raises(DatasetNotFound, match=r"mimic-cxr-\*-negbio\.csv"):
        read(root, labels_from="negbio")


def test_unknown_labels_are_refused(tmp_path):
    with pytest.raises(InvalidOption, match="--labels-from must be one of chexpert, negbio, test"):
        read(fakes.mimic_cxr_jpg(tmp_path), labels_from="gpt")


def test_other_data_sets_refuse_the_option(tmp_path):
    with pytest.raises(InvalidOption, match="--labels-from is for --format mimic_cxr_jpg"):
        read(fakes.nih(tmp_path), labels_from="negbio")


def test_images_in_one_flat_folder_are_found_by_name(tmp_path):
    root = fakes.mimic_cxr_jpg(tmp_path)
    for path in list((root / "files").rglob("*.jpg")):
        path.rename(root / path.name)
    assert len(read(root)) == 7


def test_an_image_without_a_file_is_listed(tmp_path):
    root = fakes.mimic_cxr_jpg(tmp_path)
    next(root.rglob("a3-b.jpg")).unlink()
    assert read(root).skipped == (("a3-b", "no image file"),)


def test_a_row_without_a_patient_is_refused(tmp_path):
    root = fakes.mimic_cxr_jpg(tmp_path)
    write(root, "metadata", fakes.MIMIC["metadata"].replace("10000764", ""))
    with pytest.raises(BadTable, match=r"row 5 of \S+metadata"):
        read(root)


def test_a_table_without_a_column_is_refused_by_name(tmp_path):
    root = fakes.mimic_cxr_jpg(tmp_path)
    write(root, "metadata", fakes.MIMIC["metadata"].replace("ViewPosition", "View"))
    with pytest.raises(BadTable, match="it lacks ViewPosition"):
        read(root)
