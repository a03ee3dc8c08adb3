import json

import pandas as pd
import pytest

from errors import BadTable, InvalidOption
from evaluation.lung_shares import AREA
from inference.bundle_options import Localize
from pipelines import localize


@pytest.fixture(scope="module")
def lungs(place):
    """A table of boxes that cover a quarter of every image."""
    rows = ["image,x,y,w,h"]
    for path in sorted((place / "films").rglob("*.png")):
        side = 32 if path.parent.name == "sick" else 128
        name = path.relative_to(place / "films").as_posix()
        rows.append(f"{name},{side // 4},{side // 4},{side // 2},{side // 2}")
    (place / "lungs.csv").write_text("\n".join(rows) + "\n")
    return place / "lungs.csv"


@pytest.fixture(scope="module")
def run(place, lungs):
    def run(out, **changes):
        places = {"data": place / "films", "cache": place / "cache", "bundle": place / "bundle"}
        options = {"lungs": lungs, "part": "all", "task": "multilabel", "replicates": 50}
        return localize.run(Localize(**(places | options | changes), out=out))

    return run


@pytest.fixture(scope="module")
def done(run, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    return run(out), out


def test_a_finding_that_is_seen_without_the_lungs_is_flagged(done):
    """The sick are coarse everywhere, inside of the box and outside."""
    values = done[0].values
    assert values["flagged"] == ["sick", "well"]
    assert values["occlusions"]["sick"]["whole"]["auc"]["value"] > 0.9
    assert done[0].text.startswith("The AUC of sick, well survives blanking the lungs")


def test_attribution_in_the_lungs_stands_beside_their_area(done):
    row = done[0].values["attribution"]["sick"]
    assert row[AREA]["value"] == pytest.approx(0.25)
    assert 0 <= row["orb_words"]["value"] <= 1
    assert row["orb_words − area"]["value"] == pytest.approx(row["orb_words"]["value"] - 0.25)


def test_table_json_and_plot_are_written(done):
    result, out = done
    assert json.loads((out / "shortcuts.json").read_text()) == result.values
    table = pd.read_csv(out / "shortcuts.csv").set_index(["finding", "figure"])
    expected = result.values["occlusions"]["sick"]["lungs"]["difference"]["value"]
    assert table.loc[("sick", "difference, lungs"), "value"] == expected
    assert (out / "shortcuts.png").is_file()


def test_images_without_lungs_are_left_out(run, lungs, tmp_path):
    few = tmp_path / "few.csv"
    few.write_text("".join(lungs.read_text().splitlines(keepends=True)[:41]))
    values = run(tmp_path / "out", lungs=few).values
    assert values["films"] == 40
    # The bundle is that of the whole data set, not of the images with lungs.
    assert "include training or validation images" in values["notes"][0]


def test_boxes_of_other_images_and_checks_of_boxes_are_refused(run, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("image,x,y,w,h\nz.png,0,0,1,1\n")
    with pytest.raises(BadTable, match="has none for any of the 60 images"):
        run(tmp_path / "out", lungs=other)
    with pytest.raises(InvalidOption, match="cannot go with --lungs"):
        run(tmp_path / "out", sanity=True)
