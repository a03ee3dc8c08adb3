from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datasets.images import Skipped, Split
from errors import BadTable, MisalignedRows
from tests import fakes

LABELS = np.array([[1, 0], [0, np.nan], [1, 1]])


def test_two_rows_with_one_id_are_refused_by_name():
    with pytest.raises(BadTable, match="'a' is on 2 rows"):
        fakes.images(LABELS, ids=np.array(["a", "b", "a"], object))


def test_a_label_value_of_two_is_refused():
    with pytest.raises(BadTable, match="'label1' of 'film0' is 2"):
        fakes.images(np.array([[1, 2]]))


def test_columns_of_other_lengths_are_refused():
    with pytest.raises(MisalignedRows):
        fakes.images(LABELS, patients=["a", "b"])


def test_rows_follow_the_ids_asked_for():
    images = fakes.images(LABELS)
    assert images.rows(np.array(["film2", "film0"])).tolist() == [2, 0]


def test_an_unknown_id_raises_and_is_named():
    with pytest.raises(MisalignedRows, match="'nobody'"):
        fakes.images(LABELS).rows(np.array(["film0", "nobody"]))


def test_selected_row_numbers_give_the_order():
    meta = pd.DataFrame({"age": [1.0, 2.0, 3.0], "sex": "F", "view": "PA"})
    kept = fakes.images(LABELS, meta=meta).select(np.array([2, 0]))
    assert kept.ids.tolist() == ["film2", "film0"]
    assert kept.meta["age"].tolist() == [3, 1]


def test_selection_takes_every_column_along():
    boxes = pd.DataFrame(
        {"id": ["film0", "film2"], "label": "label0", "x": 0, "y": 0, "width": 1, "height": 1}
    )
    split = Split("s", np.array(["train", "test", "test"], object))
    images = fakes.images(LABELS, boxes=boxes, split=split)
    kept = images.select(np.array([False, True, True]), (Skipped("film0", "why not"),))
    assert kept.ids.tolist() == ["film1", "film2"]
    assert kept.labels[1].tolist() == [1, 1]
    assert kept.boxes["id"].tolist() == ["film2"]
    assert kept.test.tolist() == [True, True]
    assert kept.skipped == (("film0", "why not"),)


def test_images_without_an_image_are_listed_as_skipped(tmp_path):
    found = fakes.images(LABELS).with_images({"film1": tmp_path / "b.png"})
    assert found.ids.tolist() == ["film1"]
    assert found.paths.tolist() == [str(tmp_path / "b.png")]
    assert [image.id for image in found.skipped] == ["film0", "film2"]


def test_images_that_lie_elsewhere_than_their_ids_say_are_counted(tmp_path):
    images = replace(fakes.images(LABELS), ids=np.array(["p1/a", "p2/b", "c"], object))
    files = {"p1/a": tmp_path / "p1" / "a.png", "c": tmp_path / "c.png"}
    assert images.with_images(files).notes == ()
    (note,) = images.with_images(files | {"p2/b": tmp_path / "p1" / "b.png"}).notes
    assert note == "1 images were found in other folders than the table names"


def test_images_that_no_row_of_the_table_names_are_counted():
    found = fakes.images(np.zeros((2, 1)))
    files = {name: Path(f"{name}.png") for name in found.ids}
    there = [*files.values(), Path("x/strange.png"), Path("other.png")]
    (note,) = found.with_images(files, there).notes
    assert note == "2 images are not in the table and were left out, such as other.png"
    assert not found.with_images(files, files.values()).notes


def test_a_selection_keeps_the_studies_of_its_images():
    images = fakes.images(np.zeros((3, 1)), studies=np.array(["a", "a", "b"], object))
    assert images.select(np.array([True, False, True])).studies.tolist() == ["a", "b"]


def test_every_image_needs_a_study_where_studies_are_known():
    with pytest.raises(MisalignedRows, match="studies"):
        fakes.images(np.zeros((3, 1)), studies=np.array(["a"], object))
