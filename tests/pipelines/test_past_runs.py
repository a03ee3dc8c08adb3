import json
import shutil
from pathlib import Path

import pytest

from errors import InvalidOption
from pipelines import past_runs

REPORT = Path(__file__).resolve().parents[1] / "fixtures" / "report.json"
CONFIG = (
    '[run]\ndate = "2026-11-26 10:00"\n[inputs.data]\n"a: labels" = "1"\n[inputs.images]\na = "2"\n'
)


@pytest.fixture
def folder(tmp_path):
    for name in ("compare", "compare/first", "score/second"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
        shutil.copy(REPORT, tmp_path / name)
    (tmp_path / "compare" / "latest").symlink_to("first")
    (tmp_path / "compare" / "first" / "config.toml").write_text(CONFIG)
    return tmp_path


def test_runs_are_found_in_folders_of_runs_and_once_each(folder):
    found = [run.name for run in past_runs.found(folder)]
    assert sorted(found) == ["compare", "compare/first", "score/second"]


@pytest.mark.parametrize("text", ["{", "[]", '{"data": {}}', "\x00"])
def test_a_damaged_report_is_named_in_a_warning(folder, capsys, text):
    (folder / "score" / "second" / "report.json").write_text(text)
    assert len(list(past_runs.found(folder))) == 2
    assert "second/report.json is left out" in capsys.readouterr().err


def test_the_date_is_that_of_the_configuration_else_of_the_file(folder):
    assert past_runs.named("compare/first", folder).date == "2026-11-26 10:00"
    assert len(past_runs.named("score/second", folder).date) == len("2026-11-26 10:00")


def test_digests_are_known_by_aspect_whatever_the_folder_of_the_data(folder):
    assert past_runs.named("first", folder).digests == {"labels": "1", "image files": "2"}
    assert past_runs.named("second", folder).digests == {}


def test_a_damaged_configuration_is_as_none_with_a_warning(folder, capsys):
    (folder / "compare" / "first" / "config.toml").write_text("=")
    assert past_runs.named("first", folder).config == {}
    assert "config.toml is left out" in capsys.readouterr().err


def test_controls_are_no_models_of_a_run(folder):
    report = json.loads(REPORT.read_text())
    shown = past_runs.named("first", folder).models
    assert set(report["models"]) - set(shown) == {
        name for name, one in report["models"].items() if one.get("control")
    }


@pytest.mark.parametrize("name", ["compare/first", "first", "compare/latest"])
def test_a_run_is_named_by_its_name_or_link(folder, name):
    assert past_runs.named(name, folder).folder.resolve() == folder / "compare" / "first"


def test_a_run_is_named_by_its_folder(folder):
    assert past_runs.named(str(folder / "score" / "second"), folder / "none").models


def test_a_name_of_no_run_or_of_several_is_refused(folder):
    with pytest.raises(InvalidOption, match="no run has the name or folder 'third'"):
        past_runs.named("third", folder)
    shutil.copytree(folder / "score" / "second", folder / "other" / "second")
    with pytest.raises(InvalidOption, match="2 runs have the name or folder 'second'"):
        past_runs.named("second", folder)
