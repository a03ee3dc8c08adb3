import json
from dataclasses import replace

import pandas as pd
import pytest

from errors import StorageFailed
from inference.predictions import Finding, Prediction
from reports.findings_files import opened

IMAGE = Prediction(
    "a.png",
    (Finding("Mass", 0.25, 0.5, 0.2, True, 0.01), Finding("Edema", 0.125, 0.25, None, None)),
    ("nearly blank", "a colour picture"),
)


@pytest.fixture
def paths(tmp_path):
    return [tmp_path / name for name in ("out/findings.csv", "findings.jsonl", "scores.csv")]


def written(paths, *images):
    with opened(paths, ["Mass", "Edema"]) as files:
        for image in images:
            files.write(image)


def test_the_table_has_a_row_for_each_image_and_label(paths):
    written(paths, IMAGE)
    first, second = pd.read_csv(paths[0]).to_dict("records")
    assert first == {
        **{"id": "a.png", "label": "Mass", "probability": 0.25, "raw_probability": 0.5},
        **{"threshold": 0.2, "finding": "yes", "spread": 0.01},
        "warnings": "nearly blank; a colour picture",
    }
    assert second["finding"] == "not decided"
    assert pd.isna(second["threshold"])


def test_lines_say_the_same_as_the_table(paths):
    written(paths, IMAGE)
    told = json.loads(paths[1].read_text())
    assert told["id"] == "a.png"
    assert told["warnings"] == ["nearly blank", "a colour picture"]
    assert [each["threshold"] for each in told["findings"]] == [0.2, None]


def test_answers_have_a_column_and_a_key_where_they_are_asked_for(paths):
    answered = [replace(each, answer="cannot say") for each in IMAGE.findings]
    with opened(paths, ["Mass", "Edema"], answers=True) as files:
        files.write(replace(IMAGE, findings=tuple(answered)))
    assert pd.read_csv(paths[0])["answer"].tolist() == ["cannot say"] * 2
    assert json.loads(paths[1].read_text())["findings"][0]["answer"] == "cannot say"
    written(paths, IMAGE)
    assert "answer" not in paths[0].read_text() + paths[1].read_text()


def test_scores_have_a_column_for_each_label(paths):
    written(paths, IMAGE)
    assert paths[2].read_text() == "id,Mass,Edema\na.png,0.25,0.125\n"


def test_a_run_that_breaks_off_leaves_what_was_there(paths):
    written(paths, IMAGE)
    before = [path.read_bytes() for path in paths]
    with pytest.raises(AttributeError):
        written(paths, IMAGE, None)
    assert [path.read_bytes() for path in paths] == before
    assert len(list(paths[2].parent.iterdir())) == 3


def test_a_name_that_a_spreadsheet_would_run_is_made_text(paths):
    written(paths, Prediction("=cmd.png", IMAGE.findings))
    assert "'=cmd.png" in paths[0].read_text()
    assert "'=cmd.png" in paths[2].read_text()


def test_a_place_that_cannot_be_written_is_a_clear_error(paths):
    paths[2].mkdir()
    with pytest.raises(StorageFailed, match="must be on a writable disk"):
        written(paths, IMAGE)


def test_two_runs_at_once_each_leave_whole_files(paths):
    with opened(paths, ["Mass", "Edema"]) as files:
        files.write(IMAGE)
        written(paths, IMAGE, IMAGE)
        files.write(IMAGE)
    assert len(paths[1].read_text().splitlines()) == 2
    assert len(list(paths[2].parent.iterdir())) == 3
