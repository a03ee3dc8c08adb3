import numpy as np
import pytest

from datasets import loading
from datasets.options import Reading
from errors import BadTable
from tests import fakes


def read(root, **options):
    return loading.load(Reading(data=root, **options))


def test_labels_follow_the_policies_of_chexpert(tmp_path):
    images = read(fakes.brax(tmp_path), uncertain="ones")
    assert images.label_names == ("No Finding", "Cardiomegaly", "Edema")
    np.testing.assert_array_equal(images.labels[2], [0, 1, 1])
    assert "uncertain (-1): Cardiomegaly 1 to ones" in images.notes


def test_bins_of_ages_become_their_middle_and_the_open_one_its_start(tmp_path):
    images = read(fakes.brax(tmp_path))
    np.testing.assert_array_equal(images.meta["age"], [62.5, 62.5, 85, np.nan])
    note = "ages of 3 images are bins of years: their middle is used, and 85 for the open bin"
    assert note in images.notes


def test_single_ages_stay_as_they_are(tmp_path):
    root = fakes.brax(tmp_path)
    table = root / "master_spreadsheet_update.csv"
    table.write_text(fakes.BRAX.replace("60-65", "60").replace("85 or more", "85"))
    images = read(root)
    np.testing.assert_array_equal(images.meta["age"], [60, 60, 85, np.nan])
    assert not any("bins" in note for note in images.notes)


def test_views_are_written_as_elsewhere(tmp_path):
    views = read(fakes.brax(tmp_path)).meta["view"].tolist()
    assert views == ["PA", "LATERAL", "AP", "LATERAL"]


def test_studies_are_accession_numbers_or_else_folders(tmp_path):
    images = read(fakes.brax(tmp_path))
    assert images.studies.tolist() == ["s1", "s1", "s2", "images/id_3/Study_3.1"]


def test_without_accession_numbers_studies_are_folders(tmp_path):
    root = fakes.brax(tmp_path)
    table = root / "master_spreadsheet_update.csv"
    table.write_text(fakes.BRAX.replace("AccessionNumber", "Number"))
    assert read(root).studies.tolist()[:2] == ["images/id_1/Study_1.1"] * 2


def test_the_updated_table_goes_before_the_first_one(tmp_path):
    root = fakes.brax(tmp_path)
    (root / "master_spreadsheet.csv").write_text("PngPath,PatientID\n")
    assert read(root).notes[0] == "label table: master_spreadsheet_update.csv"


def test_images_of_one_name_in_several_series_keep_their_own_files(tmp_path):
    images = read(fakes.brax(tmp_path))
    assert all(path.endswith(name) for path, name in zip(images.paths, images.ids, strict=True))


def test_a_table_without_labels_is_refused(tmp_path):
    root = fakes.brax(tmp_path)
    (root / "master_spreadsheet_update.csv").write_text("PngPath,PatientID\na.png,1\n")
    with pytest.raises(BadTable, match="must have CheXpert's labels"):
        read(root)
