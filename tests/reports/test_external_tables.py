import pandas as pd
import pytest

from reports import external_tables, paper_tables
from tests.reports import external

NAMES = ["external_calibration", "external_drop", "external_gains", "external_labels"]


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return paper_tables.write(external.report(), tmp_path_factory.mktemp("tables"))


def test_every_table_is_there_as_csv_and_as_latex(out):
    made = sorted(path.name for path in out.glob("external_*"))
    assert made == sorted(f"{name}.{kind}" for name in NAMES for kind in ("csv", "tex"))


def test_figures_are_those_of_the_report_to_the_last_digit(out):
    site = external.site()
    drops = pd.read_csv(out / "external_drop.csv").set_index("model")
    sharp = site.drop["sharp"]
    assert drops.loc["sharp", "drop"] == sharp.drop
    assert [drops.loc["sharp", f"inside_ci_{end}"] for end in ("low", "high")] == sharp.inside_ci
    labels = pd.read_csv(out / "external_labels.csv").set_index(["model", "label"])
    assert labels.loc[("vague", "Edema"), "outside"] == site.drop["vague"].labels["Edema"].outside


def test_a_gain_has_its_figures_on_both_sides(out):
    row = pd.read_csv(out / "external_gains.csv").iloc[0]
    first = external.site().gain_difference[0]
    assert (row["data_set"], row["model"], row["baseline"]) == ("B", "vague", "sharp")
    assert row["outside_delta_macro_auc"] == first.outside.delta_macro_auc
    assert [row["inside_low"], row["inside_high"]] == first.inside.ci
    assert row["p_holm"] == first.correction.p_holm


def test_calibration_has_a_row_for_each_state_and_finding(out):
    table = pd.read_csv(out / "external_calibration.csv")
    assert len(table) == 4 * 2
    state = external.site().calibration["sharp"]["intercept"].labels["Edema"]
    row = table.set_index(["state", "label"]).loc[("intercept", "Edema")]
    assert row["slope"] == state.slope.value
    assert [row["slope_low"], row["slope_high"]] == state.slope.ci
    assert row["brier"] == state.brier


def test_latex_leaves_out_the_controls(out):
    for name in ("external_drop", "external_labels"):
        assert "control" not in (out / f"{name}.tex").read_text()
        assert "sharp" in (out / f"{name}.tex").read_text()


def test_a_report_without_external_data_sets_has_none():
    assert not any(external_tables.values(external.report(external=None)).values())
