import json
import shutil
from pathlib import Path

import pytest

from errors import DatasetNotFound, InvalidOption
from pipelines import runs
from pipelines.command_options import Runs

REPORT = Path(__file__).resolve().parents[1] / "fixtures" / "report.json"


@pytest.fixture
def folder(tmp_path):
    for name, date in (("old", "2026-11-01 09:00"), ("new", "2026-11-26 10:00")):
        (tmp_path / "compare" / name).mkdir(parents=True)
        shutil.copy(REPORT, tmp_path / "compare" / name)
        (tmp_path / "compare" / name / "config.toml").write_text(f'[run]\ndate = "{date}"\n')
    return tmp_path


def test_runs_are_listed_newest_first_with_their_headline_in_80_columns(folder):
    lines = runs.run(Runs(folder=folder)).lines
    starts = [line for line in lines if not line.startswith(" ")]
    assert starts == ["2026-11-26 10:00  compare/new", "2026-11-01 09:00  compare/old"]
    assert max(map(len, lines)) <= 80
    assert "  macro AUC: cnn 0.634, late_fusion 0.868 (+0.235 [0.181, 0.296])" in lines


def test_the_list_as_values_has_the_figures_of_the_reports(folder):
    (first, _) = runs.run(Runs(folder=folder)).values["runs"]
    report = json.loads(REPORT.read_text())
    assert first["macro_auc"]["cnn"] == report["models"]["cnn"]["macro_auc"]
    assert first["comparisons"][0]["delta_macro_auc"] == pytest.approx(
        first["macro_auc"]["late_fusion"] - first["macro_auc"]["cnn"]
    )


def test_a_folder_without_runs_says_so(tmp_path):
    assert runs.run(Runs(folder=tmp_path)).lines == [f"no runs in {tmp_path}"]
    with pytest.raises(DatasetNotFound, match="--folder must be a folder with runs"):
        runs.run(Runs(folder=tmp_path / "none"))


def test_two_runs_are_shown_side_by_side(folder):
    result = runs.run(Runs(action=["diff", "old", "new"], folder=folder))
    assert result.lines[0] == "A: compare/old, 2026-11-01 09:00"
    assert result.values["figures"]["macro AUC"]["cnn"]["difference"] == 0


@pytest.mark.parametrize("action", [["diff"], ["diff", "a"], ["dif", "a", "b"], ["list", "x"]])
def test_anything_else_is_refused(folder, action):
    with pytest.raises(InvalidOption, match="runs takes nothing, or diff and two runs"):
        runs.run(Runs(action=action, folder=folder))
