import numpy as np
import pytest

from datasets.label_tables import images_of_table
from datasets.options import Reading
from errors import BadTable


@pytest.fixture
def read(tmp_path):
    def read(text, **options):
        (tmp_path / "t.csv").write_text(text)
        return images_of_table(tmp_path / "t.csv", "any", Reading(**options))

    return read


def test_one_column_a_finding(read):
    images = read("image,Mass,Edema\na.png,1,0\nb.png,,-1\n")
    assert images.label_names == ("Mass", "Edema")
    np.testing.assert_array_equal(images.labels, [[1, 0], [np.nan, np.nan]])


def test_one_column_of_joined_findings(read):
    images = read("Image Index,Finding Labels\na.png,Mass|Edema\nb.png,No Finding\n")
    assert images.label_names == ("Edema", "Mass", "No Finding")
    assert images.labels.tolist() == [[1, 1, 0], [0, 0, 1]]


def test_joined_findings_that_differ_in_case_or_spacing_are_one_and_that_is_said(read):
    images = read("image,findings\na,Mass|Pleural Effusion\nb,mass\nc,Mass|Pleural_effusion\n")
    assert images.label_names == ("Mass", "Pleural Effusion")
    assert images.labels.tolist() == [[1, 1], [1, 0], [1, 1]]
    told = "Pleural_effusion as Pleural Effusion, mass as Mass"
    assert images.notes == (f"findings that differ in case or spacing were merged: {told}",)


def test_columns_beside_joined_findings_are_named_and_read_if_asked_for(read):
    text = "image,finding,Mass,licence\na.png,Tumour,1,free\nb.png,Other,0,free\n"
    joined, asked = read(text), read(text, findings="Mass")
    assert joined.label_names == ("Other", "Tumour")
    assert joined.notes[0] == (
        "columns not read: Mass, licence; to read columns of 0 and 1, name them in --findings, or"
        " remove the column finding"
    )
    assert asked.label_names == ("Mass",)
    assert asked.labels.tolist() == [[1], [0]]
    assert asked.notes == ("column not read: finding, as --findings names columns of 0 and 1",)


def test_of_many_columns_that_are_not_read_the_first_are_named(read):
    names = [f"c{number}" for number in range(9)]
    images = read(f"image,finding,{','.join(names)}\na.png,Mass{',x' * 9}\n")
    assert "columns not read: c0, c1, c2, c3, c4, c5 and 3 more; to read" in images.notes[-2]


def test_columns_of_findings_that_differ_in_case_alone_are_refused_both_named(read):
    text = "image,Mass,mass\na.png,1,0\nb.png,0,1\n"
    with pytest.raises(BadTable, match=r"columns 'Mass' and 'mass'\. Merge them"):
        read(text)
    assert read(text, findings="mass").labels.tolist() == [[0], [1]]


@pytest.mark.parametrize("cells", ["1 0 -1", "1.0 0.0 -1.0", "True False nan", "1. 0.00 "])
def test_a_column_called_label_may_hold_zeros_and_ones_however_written(read, cells):
    present, absent, open_ = cells.split(" ")
    images = read(f"image,label\na.png,{present}\nb.png,{absent}\nc.png,{open_}\n")
    assert images.label_names == ("label",)
    np.testing.assert_array_equal(images.labels, [[1], [0], [np.nan]])


def test_patient_age_sex_and_view_are_no_findings(read):
    images = read("image,patient,age,sex,view,split,Mass\na.png,p1,50,F,pa,train,1\n")
    assert images.label_names == ("Mass",)
    assert images.patients.tolist() == ["p1"]
    assert images.meta.iloc[0].tolist() == [50, "F", "PA"]
    assert images.split.sets.tolist() == ["train"]


def test_without_patients_each_image_is_its_own_and_that_is_said(read):
    images = read("image,Mass\na.png,1\nb.png,0\n")
    assert images.patients.tolist() == ["a.png", "b.png"]
    assert images.patients_from == "one patient per image"


def test_other_columns_can_be_left_out_by_naming_the_findings(read):
    images = read("image,remark,Mass\na.png,blurred,1\n", findings="Mass")
    assert images.label_names == ("Mass",)


def test_another_column_of_text_is_refused_by_name(read):
    with pytest.raises(BadTable, match=r"'remark' has 'blurred'.*--findings"):
        read("image,remark,Mass\na.png,blurred,1\n")


def test_a_table_without_an_image_column_is_refused(read):
    with pytest.raises(BadTable, match=r"'image'; it has: picture, Mass"):
        read("picture,Mass\na.png,1\n")


def test_a_table_without_findings_is_refused(read):
    with pytest.raises(BadTable, match="'findings'"):
        read("image,age\na.png,50\n")


def test_paths_of_windows_are_read_as_paths(read):
    images = read("image,Mass\nC:\\data\\img\\a.png,1\nimages\\b.png,0\n")
    assert images.ids.tolist() == ["C:/data/img/a.png", "images/b.png"]


def test_columns_of_other_names_are_listed(read):
    images = read("Image Index,SEX,Patient ID,Mass\na.png,F,7,1\n")
    assert "columns: Image Index is image, Patient ID is patient, SEX is sex" in images.notes


def test_a_column_of_studies_is_no_finding(read):
    images = read("image,study,Mass\na.png,s1,1\nb.png,s1,0\n")
    assert images.label_names == ("Mass",)
    assert images.studies.tolist() == ["s1", "s1"]


def test_without_a_column_of_studies_none_are_known(read):
    assert read("image,Mass\na.png,1\n").studies is None
