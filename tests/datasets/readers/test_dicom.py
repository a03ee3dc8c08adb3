import numpy as np
import pytest

from datasets import image_files, loading
from datasets.options import Reading
from tests import fakes


def read(root, **options):
    return loading.load(Reading(data=root, **options))


def test_images_of_one_person_are_one_patient(tmp_path):
    patients = read(fakes.dicom(tmp_path)).patients
    assert patients[0] == patients[1]
    assert len(set(patients)) == 3


def test_age_sex_and_view_come_from_the_headers(tmp_path):
    assert read(fakes.dicom(tmp_path)).meta.iloc[0].tolist() == [61, "F", "PA"]


def test_the_table_goes_before_the_headers(tmp_path):
    root = fakes.dicom(tmp_path)
    rows = (root / "labels.csv").read_text().splitlines()
    table = [f"{rows[0]},age,patient", *(f"{row},70,p{n}" for n, row in enumerate(rows[1:]))]
    (root / "labels.csv").write_text("\n".join(table))
    images = read(root)
    assert images.meta["age"].tolist() == [70] * 5
    assert images.patients.tolist() == ["p0", "p1", "p2", "p3", "p4"]


def test_patients_of_headers_are_said_to_be_from_there(tmp_path):
    assert read(fakes.dicom(tmp_path)).patients_from == "DICOM headers"


@pytest.mark.parametrize(
    ("blank", "known"), [(1, "DICOM headers for some images"), (5, "one patient per image")]
)
def test_images_without_a_patient_in_their_headers_are_counted(tmp_path, blank, known):
    root = fakes.dicom(tmp_path)
    for number in range(blank):
        fakes.write_dicom(root / f"f{number}.dcm", fakes.picture(number), PatientID="")
    images = read(root)
    assert images.patients_from == known
    assert images.notes[-1].startswith(f"the patients of {blank} of 5 images are unknown")


def test_no_name_no_birth_date_and_no_number_leaves_the_reader(tmp_path):
    images = read(fakes.dicom(tmp_path / "films"))
    everything = repr(images) + images.meta.to_csv() + repr(list(images.patients))
    assert not any(secret in everything for secret in ("Doe", "Jane", "1950"))


def test_a_view_that_dicom_does_not_know_may_be_a_name_and_is_left_out(tmp_path):
    root = fakes.dicom(tmp_path)
    fakes.write_dicom(root / "f0.dcm", fakes.picture(0), ViewPosition="DOE JANE")
    assert read(root).meta["view"].tolist() == ["", "PA", "PA", "PA", "PA"]


def test_a_file_that_is_no_dicom_is_skipped_with_its_reason(tmp_path):
    root = fakes.dicom(tmp_path)
    (root / "f1.dcm").write_bytes(b"")
    images = read(root)
    assert len(images) == 4
    assert [image.id for image in images.skipped] == ["f1.dcm"]


def test_a_folder_per_patient_may_hold_files_of_the_same_names(tmp_path):
    rows = ["file,Effusion"]
    for number in range(4):
        folder = tmp_path / f"patient{number}"
        folder.mkdir()
        fakes.write_dicom(folder / "IM0001.dcm", fakes.picture(number), PatientID=f"P{number}")
        rows.append(f"{folder.name}/IM0001,{number % 2}")
    (tmp_path / "labels.csv").write_text("\n".join(rows))
    images = read(tmp_path)
    assert len(set(images.patients)) == 4
    for seed, path in enumerate(images.paths):
        np.testing.assert_array_equal(image_files.read(path), fakes.picture(seed))
