import ast
import shutil

import numpy as np
import pandas as pd
import pytest

from datasets import image_files, loading
from datasets.options import Reading
from datasets.readers.padchest import Padchest, names_of
from errors import BadTable
from tests import fakes


def read(root, **options):
    return loading.load(Reading(data=root, **options))


def labels_of(images, image):
    row = images.labels[images.rows(np.array([image], object))[0]]
    return dict(zip(images.label_names, row, strict=True))


def with_labels(root, cell):
    rows = [*fakes.PADCHEST_ROWS[:-1], (*fakes.PADCHEST_ROWS[-1][:-1], cell)]
    return read(fakes.padchest(root, rows))


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("['normal']", {"normal"}),
        ("['a', ' b ', '']", {"a", "b"}),
        ("[\"it's\", 'b']", {"it's", "b"}),
        ("[]", None),
        ("['']", None),
        ("", None),
        ("nan", None),
        ("['a', 'b'", None),
        ("['a'] + ['b']", None),
        ("[1, 2]", None),
    ],
)
def test_a_cell_is_a_list_of_names_or_nothing(cell, names):
    assert names_of(cell) == names


def test_code_in_a_cell_is_data_and_never_runs(tmp_path):
    bait = f"""['nodule', __import__("os").mkdir("{tmp_path / "made"}")]"""
    images = with_labels(tmp_path / "films", bait)
    assert not (tmp_path / "made").exists()
    assert np.isnan(list(labels_of(images, "f_1.png").values())).all()
    assert any(
        "1 cells of Labels are no list of names, the first on row 8" in n for n in images.notes
    )


def test_code_within_a_name_is_a_name(tmp_path):
    images = with_labels(tmp_path, """["__import__('os')", 'nodule']""")
    assert labels_of(images, "f_1.png")["Nodule"] == 1


def test_names_are_matched_whole_and_stripped(tmp_path):
    found = labels_of(read(fakes.padchest(tmp_path)), "b_1.png")
    assert found == {"Effusion": 1, "Lung Lesion": 0, "Mass": 0, "No Finding": 0}


def test_a_null_cell_is_not_normal(tmp_path):
    assert np.isnan(list(labels_of(read(fakes.padchest(tmp_path)), "d_1.png").values())).all()


def test_unchanged_alone_reports_nothing_and_with_others_is_ignored(tmp_path):
    images = read(fakes.padchest(tmp_path))
    assert np.isnan(list(labels_of(images, "e_1.png").values())).all()
    assert labels_of(images, "f_1.png")["Mass"] == 1
    assert any(note.startswith("1 reports say only 'unchanged'") for note in images.notes)


def test_images_unfit_for_use_stay_without_labels_and_are_counted(tmp_path):
    images = read(fakes.padchest(tmp_path))
    assert np.isnan(list(labels_of(images, "c_1.png").values())).all()
    note = "set aside as unfit for use, their findings not reported: exclude 1"
    assert note in images.notes


def test_age_sex_and_view_are_read(tmp_path):
    meta = read(fakes.padchest(tmp_path)).meta
    np.testing.assert_array_equal(meta["age"][:5], [84, 84, 4, 64, np.nan])
    assert meta["sex"].tolist()[:5] == ["F", "F", "M", "", "M"]
    assert meta["view"].tolist()[:5] == ["PA", "LATERAL", "AP_HORIZONTAL", "PA", ""]


def test_both_images_of_a_study_share_it(tmp_path):
    assert read(fakes.padchest(tmp_path)).studies.tolist()[:3] == ["s1", "s1", "s2"]


def test_images_of_16_bits_are_decoded(tmp_path):
    images = read(fakes.padchest(tmp_path))
    np.testing.assert_array_equal(image_files.read(images.paths[2]), fakes.picture(2))


def test_methods_of_labelling_are_counted(tmp_path):
    images = read(fakes.padchest(tmp_path))
    assert "labels by method: Physician 5, RNN_model 2" in images.notes


def test_a_map_adds_findings(tmp_path):
    table = tmp_path / "map.csv"
    table.write_text("name,finding\npseudonodule,Pseudonodule\n")
    images = read(fakes.padchest(tmp_path / "films"), map=table)
    assert labels_of(images, "b_1.png")["Pseudonodule"] == 1


def test_a_table_without_a_column_is_refused_by_name(tmp_path):
    root = fakes.padchest(tmp_path)
    table = next(root.glob("PADCHEST*"))
    table.write_text(table.read_text().replace(",Projection,", ",Position,"))
    with pytest.raises(BadTable, match="lacks Projection"):
        read(root)


@pytest.mark.real
def test_no_row_of_the_real_table_is_lost(real_data, tmp_path):
    source = real_data / "tables" / "padchest_first_40000.csv.gz"
    shutil.copy(source, tmp_path / "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv.gz")
    images = Padchest.load(tmp_path, Reading(data=tmp_path, images=False))
    table = pd.read_csv(source, low_memory=False)
    assert images.ids.tolist() == table["ImageID"].tolist()
    assert len(images) == 40_000
    assert len(set(images.patients)) == table["PatientID"].nunique() == 25_047
    views = (images.meta["view"] == "PA").sum(), (table["Projection"] == "PA").sum()
    assert views == (24_470, 24_470)
    lists = table["Labels"].map(ast.literal_eval).map(lambda names: {n.strip() for n in names})
    unfit = lists.map(lambda names: bool(names & {"exclude", "suboptimal study"}))
    silent = lists.map(lambda names: names <= {"", "unchanged"})
    found = dict(zip(images.label_names, images.labels.T, strict=True))
    np.testing.assert_array_equal(np.isnan(found["Nodule"]), unfit | silent)
    nodules = lists.map(lambda names: bool(names & {"nodule", "multiple nodules"}))
    assert np.nansum(found["Nodule"]) == (nodules & ~unfit).sum()
    assert table["Labels"].str.contains("nodule").sum() > nodules.sum() + 700
