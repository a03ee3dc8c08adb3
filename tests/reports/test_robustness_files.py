import json

import numpy as np
import pandas as pd
import pytest

from reports import robustness_files
from reports.plots.plotting import Paper
from tests.reports import robustness_values as made

PLANES = {name: [np.full((8, 9), 90, np.uint8)] * 3 for name in ("noise", "blur")}


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("out")
    robustness_files.write(made.pair(), PLANES, folder, Paper(dpi=50))
    return folder


def test_json_has_the_values(out):
    assert json.loads((out / "robustness.json").read_text()) == made.pair()


def test_the_table_has_every_figure_of_every_condition(out):
    table = pd.read_csv(out / "robustness.csv", keep_default_na=False)
    # Of 5 conditions: 6 figures and a label of two models, shares and losses of two blocks.
    assert len(table) == 5 * (2 * 7 + 2 * 2)
    own = table.query("model == 'hybrid' and change == 'noise' and severity == 5")
    assert float(own[own.figure == "macro_auc"].value.item()) == 0.75
    assert float(own[(own.figure == "loss_alone") & (own["of"] == "words")].value.item()) == 0.04


def test_axes_have_the_names_of_figures(out):
    page = (out / "robustness.html").read_text()
    assert "macro AUC" in page
    assert "macro auc" not in page


def test_losses_have_tests_of_their_difference(out):
    table = pd.read_csv(out / "losses.csv").set_index(["change", "figure"])
    assert table.loc[("noise", "difference"), "p_holm"] == 0.004
    assert table.loc[("blur", "loss of cnn"), "value"] == 0.03


def test_the_page_and_all_plots_are_there(out):
    plots = {path.stem for path in out.glob("*.png")}
    assert plots == {"losses", *(f"curves_{name}" for name in ("macro_auc", "sensitivity"))} | {
        f"curves_{name}" for name in ("specificity", "brier", "flips")
    }
    assert "data:image/webp" in (out / "robustness.html").read_text()
