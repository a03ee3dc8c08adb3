import json
import shutil

import pandas as pd
import pytest

from errors import BundleUnusable, InvalidOption, UnknownPlugin
from inference.bundle_options import Robustness
from pipelines import robustness
from tests import fakes

pytestmark = pytest.mark.slow


@pytest.fixture
def run(place, tmp_path):
    def run(**changes):
        places = {"data": place / "films", "cache": place / "cache", "out": tmp_path / "out"}
        options = {"bundle": place / "bundle", "replicates": 40, "part": "all", "jobs": 2}
        options |= {"changes": "blur", "severities": "5", "dpi": 50}
        return robustness.run(Robustness(**(places | options | changes)))

    return run


@pytest.fixture(scope="module")
def pair(place, undecided, tmp_path_factory):
    """A run of two models that differ in a threshold, and its folder."""
    out = tmp_path_factory.mktemp("out")
    places = {"data": place / "films", "cache": place / "cache", "out": out}
    bundles = {"bundle": undecided, "against": place / "bundle"}
    options = {"changes": "noise", "severities": "2", "replicates": 40, "part": "all", "dpi": 50}
    return robustness.run(Robustness(**places, **bundles, **options)), out


def test_values_page_and_tables_say_the_same(run, tmp_path):
    result, out = run(), tmp_path / "out"
    assert json.loads((out / "robustness.json").read_text()) == result.values
    table = pd.read_csv(out / "robustness.csv", keep_default_na=False)
    own = table[(table.change == "blur") & (table.severity == 5) & (table.figure == "macro_auc")]
    told = result.values["changed"]["blur"]["5"]["logistic"]["figures"]["macro_auc"]
    assert float(own.value.item()) == told["value"]
    page = (out / "robustness.html").read_text()
    assert result.lines[0] in page
    assert page.count("<svg") == 6
    assert any("too good" in note for note in result.values["notes"])
    assert (out / "curves_macro_auc.png").read_bytes().startswith(b"\x89PNG")


def test_equal_models_lose_the_same_and_neither_is_sturdier(pair):
    values = pair[0].values
    assert len(values["models"]) == 2
    for row in values["summary"].values():
        assert row["difference"]["value"] == 0
        assert row["corruption_error"]["value"] == 1
    assert "not" in pair[0].lines[0]


def test_a_bundle_is_no_baseline_of_itself(run, place):
    with pytest.raises(InvalidOption, match="--against must name another bundle"):
        run(against=place / "bundle" / ".")


def test_unknown_changes_and_sets_are_refused(run):
    with pytest.raises(UnknownPlugin, match="did you mean blur"):
        run(changes="blurr")
    with pytest.raises(InvalidOption, match="--part must be one of"):
        run(part="train")


def test_too_few_replicates_are_refused_before_anything_is_read(run, tmp_path):
    with pytest.raises(InvalidOption, match="at least 39 bootstrap replicates"):
        run(replicates=5, bundle=tmp_path / "nowhere")


def test_a_folder_without_a_bundle_is_refused(run, tmp_path):
    with pytest.raises(BundleUnusable):
        run(bundle=tmp_path)


def test_images_without_labels_are_refused(run, tmp_path):
    for number in range(4):
        fakes.write_picture(tmp_path / "unlabelled" / "any" / f"{number}.png", number, 128)
    with pytest.raises(InvalidOption, match="positive and negative images"):
        run(data=tmp_path / "unlabelled")


def test_an_image_that_cannot_be_read_is_skipped(run, place, tmp_path):
    shutil.copytree(place / "films", tmp_path / "films")
    path = next((tmp_path / "films").rglob("*.png"))
    path.write_bytes(b"no image")
    result = run(data=tmp_path / "films", cache=tmp_path / "cache", changes="shift")
    assert result.exit_code == 1
    assert result.values["films"] == 59
    assert "neither PNG" in (tmp_path / "out" / "skipped.csv").read_text()


def test_a_second_run_computes_no_features(run, monkeypatch):
    first = run().values
    monkeypatch.setattr("features.extraction_loop.prepare", None)
    assert run().values == first
