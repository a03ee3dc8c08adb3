import numpy as np
import pytest

from datasets import loading, patients, splits
from datasets.images import SETS
from datasets.options import Reading
from errors import BadSplit, BadTable, InvalidOption
from tests import fakes

NAMES = [f"0000000{owner}_00{image}.png" for owner in range(5) for image in range(2)]
PATTERN = r"^(\d+)_"


@pytest.fixture
def nameless(tmp_path):
    """Films of five patients that only file names tell."""
    rows = [f"{name},{number % 2}" for number, name in enumerate(NAMES)]
    return fakes.ground_truth(tmp_path, "\n".join(["image,Mass", *rows]))


def read(root, **options):
    return loading.load(Reading(data=root, **options))


def test_a_pattern_tells_patients_of_a_table_that_names_none(nameless):
    images = read(nameless, patient_pattern=PATTERN)
    assert images.patients.tolist() == [name[:8] for name in NAMES]
    assert images.patients_from == "--patient-pattern"
    assert not images.notes


def test_a_pattern_that_fits_no_file_name_is_tried_on_the_folders(tmp_path):
    rows = [f"p{image // 2}/{image}.png,{image % 2}" for image in range(10)]
    root = fakes.ground_truth(tmp_path, "\n".join(["image,Mass", *rows]))
    images = read(root, patient_pattern=r"(p\d+)/")
    assert images.patients.tolist() == [f"p{image // 2}" for image in range(10)]


def test_a_pattern_tells_patients_of_dicoms_whose_headers_do_not(tmp_path):
    root = fakes.dicom(tmp_path)
    for number in range(5):
        fakes.write_dicom(root / f"f{number}.dcm", fakes.picture(number))
    assert set(read(root, patient_pattern=r"f([0-3])").patients) == {*"0123", "f4.dcm"}


@pytest.mark.parametrize("layout", ["nih", "chexpert", "ground_truth", "dicom"])
def test_a_pattern_is_refused_where_patients_are_known(tmp_path, layout):
    with pytest.raises(InvalidOption, match=r"are from (the label table|DICOM headers)\. Leave it"):
        read(fakes.LAYOUTS[layout](tmp_path), patient_pattern="(.)")


@pytest.mark.parametrize(
    ("pattern", "error"), [("(", InvalidOption), (r"c\d", InvalidOption), ("(zzz)", BadTable)]
)
def test_a_pattern_that_cannot_work_is_refused(tmp_path, pattern, error):
    with pytest.raises(error, match="--patient-pattern"):
        read(fakes.folders(tmp_path), patient_pattern=pattern)


def test_a_note_says_that_patients_are_not_known_and_what_to_type(nameless):
    images = read(nameless)
    assert images.split_name == "random by image, seed 0"
    (note,) = images.notes
    assert note.startswith("the patients of 10 of 10 images are unknown")
    assert "--patient-pattern" in note


def test_images_of_no_name_in_a_table_of_patients_are_counted_each_its_own(tmp_path):
    table = fakes.GROUND_TRUTH.replace(",p3,", ",,").replace(",p4,", ",,")
    images = read(fakes.ground_truth(tmp_path, table))
    assert images.patients.tolist() == ["p1", "p1", "p2", "d.png", "e.png", "p5"]
    assert images.patients_from == "the label table for some images"
    assert images.notes[-1].startswith("the patients of 2 of 6 images are unknown")
    assert "--patient-pattern" not in images.notes[-1]


def test_where_file_names_tell_some_patients_the_others_are_counted(tmp_path):
    images = read(fakes.folders(tmp_path))
    assert images.patients_from == "file names for some images"
    # c1 to c4 are of no usual kind of name.
    assert images.notes[-1].startswith("the patients of 4 of 7 images are unknown")


def test_a_pattern_with_several_groups_takes_the_first_that_matches():
    images = fakes.images(np.ones((2, 1)), patients_from="one patient per image")
    assert patients.resolved(images, "(nobody)|film([01])").patients.tolist() == ["0", "1"]


def by_names(*ids):
    return patients.by_names(np.array(ids, object))[0].tolist()


@pytest.mark.parametrize(
    ("name", "patient"),
    [
        ("IM-0115-0001.jpeg", "IM-0115"),
        ("IM-0666-0001-0002.jpeg", "IM-0666"),
        ("NORMAL2-IM-0501-0001.jpeg", "NORMAL2-IM-0501"),
        ("NORMAL2-IM-1154-0001-0002.jpeg", "NORMAL2-IM-1154"),
        ("person1_bacteria_1.jpeg", "person1"),
        ("person1_virus_6.jpeg", "person1"),
    ],
)
def test_names_of_the_paediatric_set_name_patients(name, patient):
    assert by_names(f"train/A/{name}") == [patient]


@pytest.mark.parametrize(
    "name",
    [
        "CXR1_1_IM-0001-3001.png",
        "IM-0115.jpeg",
        "IM-0001-0001.dcm",
        "NORMAL-IM-0115-0001.jpeg",
        "SIM-0115-0001.jpeg",
        "IM-01155-0001.jpeg",
        "IM-0115-0001-copy.jpeg",
        "100_200.jpg",
        "COVID-12.png",
    ],
)
def test_names_of_other_kinds_name_no_patient(name):
    assert by_names(name) == [name]


def test_numbers_that_a_viewer_gives_again_to_each_patient_name_none():
    ids = ["p1/IM-0001-0001.jpg", "p1/IM-0001-0002.jpg", "p2/IM-0001-0001.jpg"]
    assert by_names(*ids) == ids


@pytest.mark.real
def test_every_patient_of_the_real_paediatric_images_is_known(real_data):
    images = read(real_data / "external" / "paediatric")
    assert (len(images), images.patients_from) == (701, "file names")
    assert not np.any(images.patients == images.ids)


@pytest.mark.parametrize("choice", ["auto", "random"])
@pytest.mark.parametrize("labels", [[[1], [1], [0]], [[0], [0], [0]]])
def test_two_patients_are_too_few_and_another_random_split_is_not_advised(choice, labels):
    images = fakes.images(np.array(labels), ["p1", "p1", "p2"], patients_from="file names")
    needed = r"at least 3 patients.* made up has 2 \(by file names\)\. Add .*--patient-pattern"
    with pytest.raises(BadSplit, match=needed) as refused:
        splits.resolve(images, choice, seed=0)
    assert "random" not in str(refused.value)


def test_two_images_of_nobody_known_are_counted_as_images():
    images = fakes.images(np.ones((2, 1)), patients_from="one patient per image")
    with pytest.raises(BadSplit, match=r"at least 3 images.* made up has 2\. Add images\."):
        splits.resolve(images, "random", seed=0)


@pytest.mark.parametrize("per_patient", [1, 3])
def test_three_patients_are_enough_for_a_random_split(per_patient):
    owners = [f"p{number}" for number in range(3) for _ in range(per_patient)]
    images = splits.resolve(fakes.images(np.ones((len(owners), 2)), owners), "random", 0)
    assert [len(set(images.patients[images.in_set(part)])) for part in SETS] == [1, 1, 1]
