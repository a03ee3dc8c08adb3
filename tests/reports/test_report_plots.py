import numpy as np
import pytest

from reports import report_plots
from reports.report_tree import Report
from tests.reports.comparisons import evaluation, values

# Each test is quick; their seconds add up.
pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("models", "differences"), [(("sharp",), 0), (("sharp", "vague"), 1)])
def test_pictures_are_written_and_differences_lead_where_models_are_compared(
    tmp_path, models, differences
):
    shown = report_plots.draw(*evaluation(models), tmp_path / "plots", {})
    names = ["differences.png"] * differences
    names += ["forest.png", "roc.png", "precision_recall.png", "reliability.png"]
    assert [picture.path.name for picture in shown] == names
    assert all(picture.path.read_bytes().startswith(b"\x89PNG") for picture in shown)


def test_a_name_is_no_formula(tmp_path):
    shown = report_plots.draw(*evaluation(label_names=("$\\frac$", "$^$", "c")), tmp_path, {})
    assert len(shown) == 5


def test_the_text_alternative_of_the_forest_plot_has_its_figures(tmp_path):
    report, truth, scores = values(("sharp",))
    forest = report_plots.draw(Report.of(report), truth, scores, tmp_path, {})[0]
    assert f"macro AUC of sharp {report['models']['sharp']['macro_auc']:.3f} [" in forest.alt


def test_thresholds_and_trainings_have_their_pictures(tmp_path):
    report, truth, scores = values(("sharp",))
    counts = {"true_positives": 3, "false_negatives": 1, "false_positives": 2, "true_negatives": 9}
    report["models"]["sharp"]["labels"]["Edema"] |= counts | {"threshold": 0.5, "films_decided": 15}
    history = np.zeros(2, [("loss", float), ("validation_loss", float), ("validation_auc", float)])
    shown = report_plots.draw(Report.of(report), truth, scores, tmp_path, {"sharp": [history]})
    assert [picture.path.name for picture in shown[-2:]] == ["confusion.png", "learning.png"]
    assert "macro AUC of 0.000 in 1 trainings" in shown[-1].alt
