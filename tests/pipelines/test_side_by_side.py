import json

import pandas as pd
import pytest

from errors import InvalidOption
from pipelines import data
from pipelines.command_options import Data
from tests import fakes

# Each test is quick; their seconds add up.
pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path):
    sets = [fakes.nih(tmp_path / "nih"), fakes.chexpert(tmp_path / "chexpert")]

    def run(**options):
        return data.run(Data(sets=sets, out=tmp_path / "out", cache=tmp_path / "cache", **options))

    return run


def test_two_data_sets_stand_in_columns_with_their_shared_findings(run, tmp_path):
    values = run().values
    table = pd.read_csv(tmp_path / "out" / "side_by_side.csv", index_col=0)
    assert table.loc["images"].tolist() == ["6", "5"]
    assert table.loc["Cardiomegaly"].tolist() == ["2 (33.3 %)", "2 (50.0 %)"]
    assert values["shared"] == ["Cardiomegaly"]
    assert "only in chexpert: Edema" in run().text


def test_a_finding_that_is_only_nearly_the_same_is_marked_with_the_reason(run, tmp_path):
    table = tmp_path / "map.csv"
    table.write_text("data set,name,finding,approximate,source\nchexpert,Edema,Hernia,yes,a test\n")
    text = run(map=table).text
    assert "~ Hernia of chexpert is Edema: a test" in text
    assert "~1 (25.0 %)" in text


def test_images_in_common_are_counted_by_file_and_near_copy(run, tmp_path):
    fakes.write_picture(tmp_path / "nih" / "images" / fakes.NIH_IDS[0], 0)
    (pair,) = run(duplicates=True).values["common"]
    # Both fakes write the same pictures: seeds 0 to 5 as PNG, and 0 to 3 and 0 as JPEG.
    assert (pair["files"], pair["names"], pair["patients_of_one_name"]) == (0, 0, 0)
    assert pair["near_copies"] >= pair["patients_of_near_copies"] > 0


def test_files_that_were_not_looked_for_are_not_said_to_differ(run):
    result = run(images=False)
    assert "nih and chexpert: files not compared, 0 images of the same name" in result.text
    assert result.values["common"][0]["files"] is None


def test_values_are_plain_json(run):
    values = run().values
    assert json.loads(json.dumps(values)) == values


def test_what_is_for_one_data_set_is_refused(run):
    with pytest.raises(InvalidOption, match="--save-split"):
        run(save_split="split.json")


def test_a_data_set_named_twice_is_refused(tmp_path):
    root = fakes.nih(tmp_path / "nih")
    again = root.parent / "." / ".." / tmp_path.name / "nih"
    with pytest.raises(InvalidOption, match="must be different folders"):
        data.run(Data(sets=[root, again], out=tmp_path / "out"))


def test_one_data_set_may_be_an_argument(tmp_path):
    root = fakes.nih(tmp_path / "films")
    assert data.run(Data(sets=[root], out=tmp_path / "out")).values["films"] == 6
    with pytest.raises(InvalidOption, match="must be named once"):
        data.run(Data(sets=[root], data=root, out=tmp_path / "out"))
