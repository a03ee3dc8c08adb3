import numpy as np
import pytest

from datasets import label_files, loading
from datasets.options import Reading
from errors import BadTable, DatasetNotFound, InvalidOption
from tests import fakes

IDS = [f"{name}.png" for name in "abcdef"]
FITTING = "image,Effusion,Mass\n" + "".join(f"{name},1,0\n" for name in IDS)
PLACES = {"a": ["xray_images"], "b": ["images"], "c": ["."], "d": ["images_001", "images_002"]}


def read(root, **options):
    return loading.load(Reading(data=root, task="multilabel", **options))


def with_images(root, *folders, ids=IDS):
    for seed, name in enumerate(ids):
        fakes.write_picture(root / folders[seed % len(folders)] / name, seed)
    return root


@pytest.fixture
def one_folder(tmp_path):
    return with_images(tmp_path, "xray_images")


@pytest.mark.parametrize("folders", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("name", ["labels.csv", "ground_truth.csv", "mine.tsv"])
def test_a_table_of_any_name_beside_images_is_read(tmp_path, folders, name):
    text = FITTING.replace(",", "\t") if name.endswith("tsv") else FITTING
    (with_images(tmp_path, *folders) / name).write_text(text)
    images = read(tmp_path)
    assert images.format == "ground_truth"
    assert images.label_names == ("Effusion", "Mass")
    np.testing.assert_array_equal(images.labels, [[1, 0]] * 6)
    assert images.notes[0] == f"label table: {name}"


def test_a_workbook_beside_images_is_read(one_folder):
    rows = [line.split(",") for line in FITTING.splitlines()]
    fakes.write_workbook(one_folder / "labels.xlsx", rows)
    images = read(one_folder)
    assert images.label_names == ("Effusion", "Mass")
    assert images.notes[0] == "label table: labels.xlsx"
    np.testing.assert_array_equal(images.labels, [[1, 0]] * 6)


def test_folders_of_a_split_with_images_right_in_them_are_no_classes(tmp_path):
    (with_images(tmp_path, "train", "test") / "labels.csv").write_text(FITTING)
    assert read(tmp_path).label_names == ("Effusion", "Mass")


def test_a_spreadsheet_beside_one_folder_is_refused_by_name(one_folder):
    (one_folder / "Ground_Truth.ods").write_bytes(b"PK")
    with pytest.raises(DatasetNotFound, match=r"Ground_Truth\.ods is not read.*save it as CSV"):
        read(one_folder)


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("name,offset\nq,3\n", "must have a column 'image'; it has: name, offset"),
        ("image,offset\na.png,3\n", "column 'offset' has '3' on row 2"),
        ("image,Mass\nq.png,1\n", r"such as 'q\.png'; an image here is 'a\.png'"),
        ("image,Mass\na.png,1\na.png,0\n", r"'a\.png' is on 2 rows"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_what_it_lacks(one_folder, text, lacking):
    (one_folder / "metadata.csv").write_text(text)
    with pytest.raises(DatasetNotFound, match=rf"metadata\.csv is not read \(.*{lacking}"):
        read(one_folder)


def test_of_two_tables_that_fit_one_must_be_named(one_folder):
    for name in ("first.csv", "second.csv"):
        (one_folder / name).write_text(FITTING)
    with pytest.raises(DatasetNotFound, match=r"these fit: first\.csv, second\.csv.*--label-table"):
        read(one_folder)
    images = read(one_folder, label_table=one_folder / "second.csv")
    assert images.notes[0] == "label table: second.csv; not read: first.csv"


def test_of_two_tables_the_one_that_fits_is_read_and_the_other_named(one_folder):
    (one_folder / "boxes.csv").write_text("image,x,y\na.png,3,4\n")
    (one_folder / "labels.csv").write_text(FITTING)
    images = read(one_folder)
    assert len(images) == 6
    assert images.notes[0] == "label table: labels.csv; not read: boxes.csv"


@pytest.mark.parametrize("folder", ["elsewhere", "data"])
def test_a_table_may_be_named_that_lies_elsewhere_or_in_the_folder(tmp_path, folder, monkeypatch):
    with_images(tmp_path / "data", "images")
    (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / folder / "labels.csv").write_text(FITTING)
    monkeypatch.chdir(tmp_path / "elsewhere" if folder == "elsewhere" else tmp_path)
    images = read(tmp_path / "data", label_table="labels.csv")
    assert (images.source, len(images), images.label_names) == ("data", 6, ("Effusion", "Mass"))


def test_a_table_that_is_named_goes_before_the_names_of_folders(tmp_path):
    root = fakes.sick_and_well(tmp_path / "data", 6)
    rows = [f"f{number}.png,{number % 3 // 2}" for number in range(6)]
    (tmp_path / "labels.csv").write_text("\n".join(["image,Mass", *rows]))
    assert read(root, label_table=tmp_path / "labels.csv").label_names == ("Mass",)


def test_a_table_that_is_named_may_be_of_dicoms(tmp_path):
    root = fakes.dicom(tmp_path)
    (root / "labels.csv").rename(root / "mine.csv")
    (root / "other.csv").write_text("a,b\n1,2\n")
    for options in ({}, {"label_table": root / "mine.csv"}):
        images = read(root, **options)
        assert (images.format, images.patients_from) == ("dicom", "DICOM headers")
        assert images.notes[0] == "label table: mine.csv; not read: other.csv"


@pytest.mark.parametrize("layout", ["nih", "chexpert", "folders"])
def test_a_table_is_refused_for_layouts_that_have_their_own_labels(tmp_path, layout):
    with pytest.raises(InvalidOption, match=f"got --format {layout}"):
        read(fakes.LAYOUTS[layout](tmp_path), format=layout, label_table="labels.csv")


def test_a_spreadsheet_that_is_named_is_refused_with_what_to_do(one_folder):
    with pytest.raises(InvalidOption, match="save it as CSV"):
        read(one_folder, label_table="labels.XLS")


def test_a_table_that_is_named_and_not_there_is_refused(one_folder):
    with pytest.raises(DatasetNotFound, match=r"no such file"):
        read(one_folder, label_table="labels.csv")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("metadata.csv", r"metadata.csv is not read (metadata.csv must have a column 'image'; it"),
        ("COVID.metadata.xls", "COVID.metadata.xls is not read (a spreadsheet: save it as CSV)"),
    ],
)
def test_an_unrelated_table_beside_class_folders_is_named(tmp_path, name, told):
    (fakes.folders(tmp_path) / name).write_text("name,size\nx,1\n")
    images = read(tmp_path)
    assert images.label_names == ("COVID", "NORMAL")
    assert images.notes[0].startswith(told)


def test_class_folders_go_before_a_table_of_the_same_classes_and_that_is_said(tmp_path):
    root = fakes.sick_and_well(tmp_path, 6)
    rows = [f"f{number}.png,{('sick', 'well')[number % 2]}" for number in range(6)]
    (root / "labels.csv").write_text("\n".join(["image,label", *rows]))
    images = read(root)
    assert images.format == "folders"
    assert "pass --label-table labels.csv to read labels.csv instead" in images.notes[0]


def test_class_folders_go_before_a_table_of_few_of_their_images(tmp_path):
    (fakes.sick_and_well(tmp_path, 6) / "labels.csv").write_text("image,Mass\nf1.png,1\n")
    assert read(tmp_path).label_names == ("sick", "well")


def test_images_of_one_class_only_are_warned_of_by_its_name(one_folder, capsys):
    assert read(one_folder).label_names == ("xray_images",)
    assert "has only 'xray_images'; pass --label-table" in capsys.readouterr().err


def test_a_usual_table_goes_before_others_and_these_are_named(tmp_path):
    (fakes.ground_truth(tmp_path) / "labels.csv").write_text(FITTING)
    images = read(tmp_path)
    assert images.patients[0] == "p1"
    assert images.notes[0] == "label table: Ground_Truth.csv; not read: labels.csv"


def test_a_table_of_another_name_tells_its_own_errors_where_its_layout_is_asked_for(one_folder):
    (one_folder / "labels.csv").write_text("image,offset\na.png,3\n")
    with pytest.raises(BadTable, match="column 'offset' has '3'"):
        read(one_folder, format="ground_truth")


def test_tables_and_spreadsheets_that_were_not_read_are_named(tmp_path):
    for name in ("a.csv", "b.xlsx", "c.ods", "d.txt"):
        (tmp_path / name).write_text("")
    (note,) = label_files.not_read(tmp_path, {tmp_path / "a.csv"})
    assert note.endswith("does not use: b.xlsx, c.ods")
    assert (
        label_files.not_read(tmp_path, {tmp_path / name for name in ("a.csv", "b.xlsx", "c.ods")})
        == []
    )
