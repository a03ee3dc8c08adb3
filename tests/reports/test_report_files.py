import json

import pytest

from reports import report_files
from reports.report_tree import Report
from tests.reports.comparisons import values


def test_everything_promised_is_written(tmp_path):
    report, truth, scores = values()
    report_files.write(Report.of(report), truth, scores, tmp_path)
    assert json.loads((tmp_path / "report.json").read_text()) == Report.of(report).as_json()
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")
    predictions = sorted(path.name for path in (tmp_path / "predictions").iterdir())
    assert predictions == ["sharp.csv", "vague.csv"]
    assert (tmp_path / "plots" / "forest.png").is_file()


def test_a_value_that_json_lacks_leaves_nothing_half_written(tmp_path):
    report, truth, scores = values(seed=float("nan"))
    with pytest.raises(ValueError, match="nan"):
        report_files.write(Report.of(report), truth, scores, tmp_path / "out")
    assert not (tmp_path / "out").exists()
