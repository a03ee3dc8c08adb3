import copy
import json
from pathlib import Path

import pytest

from errors import InvalidOption
from pipelines import run_comparison
from pipelines.past_runs import PastRun

REPORT = Path(__file__).resolve().parents[1] / "fixtures" / "report.json"


@pytest.fixture
def pair(tmp_path):
    """Two runs that may be changed, and their folders."""
    runs = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").write_text(REPORT.read_text())
        runs.append(PastRun(tmp_path / name, name, copy.deepcopy(json.loads(REPORT.read_text()))))
    return runs


def digests(run, value):
    (run.folder / "config.toml").write_text(f'[inputs.data]\n"{run.name}: labels" = "{value}"\n')


def test_each_model_has_both_figures_and_the_difference(pair):
    pair[1].report["models"]["cnn"]["macro_auc"] += 0.01
    pair[1].report["models"]["cnn"]["calibration"]["brier"] = None
    figures = run_comparison.compared(*pair).values["figures"]
    assert figures["macro AUC"]["cnn"]["difference"] == pytest.approx(0.01)
    assert figures["Brier score"]["cnn"]["difference"] is None


def test_a_model_of_one_run_alone_has_no_difference(pair):
    del pair[1].report["models"]["cnn"]
    result = run_comparison.compared(*pair)
    assert result.values["figures"]["macro AUC"]["cnn"]["second"] is None
    assert any(line.split() == ["cnn", "0.6335", "–", "–"] for line in result.lines)


def test_options_settings_and_versions_that_differ_are_shown(pair):
    pair[1].report["configuration"]["options"] |= {"seeds": 3, "set": "cnn.epochs=9"}
    pair[1].report["versions"]["numpy"] = "9.9"
    options = run_comparison.different_options(*pair)
    then = pair[0].report["versions"]["numpy"]
    expected = {"seeds": [1, 3], "cnn.epochs": [None, "9"], "version of numpy": [then, "9.9"]}
    assert options == expected
    assert any(
        line.split() == ["cnn.epochs", "–", "9"] for line in run_comparison.compared(*pair).lines
    )


def test_lines_fit_80_columns(pair):
    pair[1].report["configuration"]["options"]["data"] = "/a/very/long/path/to/a/data/set/of/images"
    assert max(map(len, run_comparison.compared(*pair).lines)) <= 80


def test_runs_over_another_split_are_refused(pair):
    pair[1].report["split"]["name"] = "3 folds by patient, seed 0"
    with pytest.raises(InvalidOption, match=r"two runs over the same split; a has .* and b has '3"):
        run_comparison.compared(*pair)


def test_runs_over_data_with_other_digests_are_refused(pair):
    digests(pair[0], 1)
    digests(pair[1], 2)
    with pytest.raises(InvalidOption, match="the same data; a and b differ in labels"):
        run_comparison.compared(*pair)


def test_the_same_data_in_another_folder_are_compared(pair):
    digests(pair[0], 1)
    digests(pair[1], 1)
    assert run_comparison.compared(*pair).values["options"] == {}


def test_without_digests_counts_of_images_tell_data_apart(pair):
    pair[1].report["split"]["films"]["test"] += 1
    with pytest.raises(InvalidOption, match="differ in number of images"):
        run_comparison.compared(*pair)
