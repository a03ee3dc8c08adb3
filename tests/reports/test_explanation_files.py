from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from reports import explanation_files
from reports.plots.contact_sheet import Tile
from tests import explanations

# Each test is quick; their seconds add up.
pytestmark = pytest.mark.slow

ROW = [Tile(np.zeros((8, 8, 3), np.uint8), "film", np.empty((0, 4)))]


@pytest.fixture
def out(tmp_path):
    explanation_files.fresh(tmp_path)
    return tmp_path


def test_a_panel_is_written_for_each_decision(out):
    drawn = list(explanation_files.draw(explanations.explained(), "", "", out))
    names = ["a_film-Mass.png", "a_film-No_Finding.png"]
    assert sorted(path.name for path in (out / "panels").iterdir()) == names
    assert [(one.decision.label, one.panel.name) for one in drawn] == [
        ("Mass", names[0]),
        ("No Finding", names[1]),
    ]
    assert Image.open(BytesIO(drawn[0].picture)).format == "WEBP"


def test_raw_maps_are_kept_beside_without_pickle(out):
    image = explanations.explained()
    list(explanation_files.draw(image, "", "", out))
    with np.load(out / "maps" / "a_film.npz", allow_pickle=False) as kept:
        assert kept["labels"].tolist() == ["Mass", "No Finding"]
        for kind, values in image.maps.items():
            np.testing.assert_array_equal(kept[kind], values)


def test_what_an_earlier_run_drew_goes_and_nothing_else(out):
    list(explanation_files.draw(explanations.explained(), "", "", out))
    explanation_files.draw_sheets([ROW], "title", out)
    (out / "panels" / "mine.txt").touch()
    (out / "mine.png").touch()
    explanation_files.fresh(out)
    left = sorted(path.name for path in out.rglob("*.*"))
    assert left == ["mine.png", "mine.txt"]


def test_many_images_are_on_several_sheets(out):
    assert len(explanation_files.draw_sheets([ROW] * 20, "title", out)) == 1
    assert len(explanation_files.draw_sheets([ROW] * 41, "title", out)) == 3
    assert len(list(out.glob("contact_sheet-*.png"))) == 3


def test_means_are_over_all_decisions_and_over_those_of_a_label():
    told = [{"net": 0.2, "sift": 0.8}, {"net": 0.6, "sift": 0.4}, {"net": 1.0, "sift": 0.0}]
    means = explanation_files.means(told, ["Mass", "Edema", "Mass"])
    assert list(means) == ["all panels", "Mass", "Edema"]
    assert means["all panels"] == pytest.approx({"net": 0.6, "sift": 0.4})
    assert means["Mass"] == pytest.approx({"net": 0.6, "sift": 0.4})
    assert means["Edema"] == {"net": 0.6, "sift": 0.4}


def test_shares_are_a_table_that_anything_reads(out):
    explanation_files.write_shares([explanations.decision(), explanations.decision("Edema")], out)
    table = pd.read_csv(out / "shares.csv")
    assert table["label"].tolist() == ["Mass", "Mass", "Edema", "Edema"]
    assert table["family"].tolist() == ["net", "sift"] * 2
    np.testing.assert_allclose(table["share"], [1 / 3, 2 / 3] * 2)
    assert (table["credit"] == 2).all()
