import gzip
import shutil

import numpy as np
import pytest

from datasets import loading
from datasets.options import Reading
from errors import BadTable
from tests import fakes


def read(root, **options):
    return loading.load(Reading(data=root, **options))


def test_findings_are_split_at_the_bar(tmp_path):
    images = read(fakes.nih(tmp_path))
    row = images.labels[images.rows(["00000001_001.png"])[0]]
    assert {name for name, value in zip(images.label_names, row, strict=True) if value} == {
        "Cardiomegaly",
        "Emphysema",
    }


def test_labels_come_in_chexnets_order_with_no_finding_last(tmp_path):
    assert read(fakes.nih(tmp_path)).label_names == (
        *("Cardiomegaly", "Infiltration", "Emphysema", "Hernia", "No Finding"),
    )


def test_images_in_the_twelve_folders_of_kaggle_are_found(tmp_path):
    images = read(fakes.nih(tmp_path, images="images_001/images"))
    assert len(images) == 6


def test_the_2020_edition_is_known(tmp_path):
    assert "2020 edition" in read(fakes.nih(tmp_path)).notes[0]


@pytest.mark.parametrize(
    ("header", "ending", "age"),
    [(fakes.NIH_HEADER + ",", ",", "58"), (fakes.NIH_HEADER, "", "058Y")],
)
def test_the_2017_edition_is_known_by_its_contents(tmp_path, header, ending, age):
    root = fakes.nih(tmp_path)
    rows = [row.replace(",58,", f",{age},") + ending for row in fakes.NIH_ROWS]
    (root / "Data_Entry_2017_v2020.csv").write_text("\n".join([header, *rows]))
    images = read(root)
    assert "2017 edition" in images.notes[0]
    assert images.meta["age"].tolist() == [58, 58, 81, 74, 45, 30]


def test_where_both_editions_lie_the_later_is_read_and_named(tmp_path):
    root = fakes.nih(tmp_path)
    shutil.copy(root / "Data_Entry_2017_v2020.csv", root / "Data_Entry_2017.csv")
    assert "Data_Entry_2017_v2020.csv" in read(root).notes[0]


def test_a_gzipped_table_is_read(tmp_path):
    root = fakes.nih(tmp_path)
    table = root / "Data_Entry_2017_v2020.csv"
    (root / "Data_Entry_2017_v2020.csv.gz").write_bytes(gzip.compress(table.read_bytes()))
    table.unlink()
    assert len(read(root)) == 6


def test_patient_sex_is_another_name_for_gender(tmp_path):
    root = fakes.nih(tmp_path)
    table = root / "Data_Entry_2017_v2020.csv"
    table.write_text(table.read_text().replace("Patient Gender", "Patient Sex"))
    assert set(read(root).meta["sex"]) == {"M", "F"}


def test_boxes_are_fractions_of_the_1024_frame_and_infiltrate_is_infiltration(tmp_path):
    (box,) = read(fakes.nih(tmp_path)).boxes.to_dict("records")
    assert box == {
        **{"id": "00000003_000.png", "label": "Infiltration"},
        **{"x": 0.25, "y": 0.5, "width": 0.125, "height": 0.0625},
    }


def test_the_lists_make_the_split(tmp_path):
    images = read(fakes.nih(tmp_path))
    assert set(images.ids[images.test]) == set(fakes.NIH_IDS[4:])
    assert set(images.ids[images.train | images.validation]) == set(fakes.NIH_IDS[:4])


def test_lists_of_another_folder_can_be_asked_for(tmp_path):
    root = fakes.nih(tmp_path / "films")
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "train_val_list.txt").write_text("\n".join(fakes.NIH_IDS[2:]))
    (lists / "test_list.txt").write_text("\n".join(fakes.NIH_IDS[:2]))
    images = read(root, split=str(lists))
    assert set(images.ids[images.test]) == set(fakes.NIH_IDS[:2])
    assert "lists in lists" in images.split_name


def test_a_misspelt_finding_is_refused_with_its_row(tmp_path):
    root = fakes.nih(tmp_path, [*fakes.NIH_ROWS[:1], fakes.NIH_ROWS[1].replace("Emph", "Enph")])
    with pytest.raises(BadTable, match="row 3 of the table has 'Enphysema'"):
        read(root)


@pytest.mark.real
def test_the_small_real_set_has_its_images_patients_and_lists(real_data):
    images = read(real_data / "nih512")
    assert (len(images), len(set(images.patients)), len(images.label_names)) == (1216, 991, 15)
    assert ((images.train | images.validation).sum(), images.test.sum()) == (907, 309)
    assert len(images.boxes) == 37


@pytest.mark.real
def test_the_whole_label_table_and_its_official_lists(real_data):
    images = read(real_data / "nih_metadata", images=False)
    assert (len(images), len(set(images.patients))) == (112_120, 30_805)
    assert ((images.train | images.validation).sum(), images.test.sum()) == (86_524, 25_596)
    assert images.split_name.startswith("NIH official")
    counts = dict(zip(images.label_names, np.nansum(images.labels, axis=0), strict=True))
    # As published for the 2020 edition.
    assert (counts["Infiltration"], counts["Hernia"], counts["No Finding"]) == (19894, 227, 60361)
    assert (images.boxes["label"] == "Infiltration").sum() == 123
