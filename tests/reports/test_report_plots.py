import numpy as np
import pytest

from evaluation.figures import evaluate
from evaluation.scores import Scores
from evaluation.truth import Truth
from reports import cautions, report_plots
from reports.plots.plotting import WIDTHS, Paper
from reports.report_tree import Report
from tests.reports.comparisons import evaluation, values
from tests.reports.plots import boxes

# Each test is quick; their seconds add up.
pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("models", "differences"), [(("sharp",), 0), (("sharp", "vague"), 1)])
def test_pictures_are_written_and_differences_lead_where_models_are_compared(
    tmp_path, models, differences
):
    shown = report_plots.draw(*evaluation(models), tmp_path / "plots", {})
    names = ["differences.png"] * differences
    names += ["forest.png", "roc.png", "precision_recall.png", "reliability.png"]
    names += ["net_benefit.png"]
    assert [path.name for picture in shown for path in picture.paths] == names
    assert all(picture.paths[0].read_bytes().startswith(b"\x89PNG") for picture in shown)


def test_a_name_is_no_formula(tmp_path):
    shown = report_plots.draw(*evaluation(label_names=("$\\frac$", "$^$", "c")), tmp_path, {})
    assert len(shown) == 6


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
    names = [picture.paths[0].name for picture in shown[-2:]]
    assert names == ["confusion.png", "learning.png"]
    assert "macro AUC of 0.000 in 1 trainings" in shown[-1].alt


def test_every_format_is_written_and_the_page_has_its_own_drawing(tmp_path):
    paper = Paper(("svg", "pdf"), 300, WIDTHS["single"])
    (first, *_) = report_plots.draw(*evaluation(("sharp",)), tmp_path, {}, paper)
    assert [path.name for path in first.paths] == ["forest.svg", "forest.pdf"]
    assert first.svg.startswith('<svg role="img" aria-label="Forest plot of AUCs; macro AUC of')
    points = 72 * WIDTHS["double"]
    assert f' width="{points:.2f}pt"' in first.svg


def test_labels_of_few_patients_are_marked(tmp_path):
    report, truth, scores = evaluation(("sharp",))
    labels = truth.labels.copy()
    labels[:, 0] = np.arange(len(labels)) < 8
    truth = Truth(truth.ids, truth.patients, labels, truth.label_names)
    forest, roc, *_ = report_plots.draw(report, truth, scores, tmp_path, {})
    assert "Edema †" in forest.svg
    assert "Edema † (8)" in roc.svg
    assert "fewer than 10 patients" in roc.caption


LONG = [
    f"Enlarged_Cardiomediastinum and aortic knob, finding number {n} of many" for n in range(15)
]
MODELS = [
    f"late_fusion of DenseNet121 and Fisher vectors {n}" if n % 2 else f"m{n}" for n in range(11)
]


@pytest.fixture(scope="module")
def many():
    """A report of 11 models and 15 labels, of long names, one rare and one of one class."""
    rng = np.random.default_rng(0)
    labels = (rng.random((120, 15)) < 0.3).astype(float)
    labels[:, 3], labels[:, 4] = np.arange(120) < 4, 0
    ids = np.array([f"film{number}" for number in range(120)], object)
    truth = Truth(ids, ids, labels, tuple(LONG))
    scores = [
        Scores(
            name,
            ids,
            1 / (1 + np.exp(-labels * place / 4 - rng.normal(size=labels.shape))),
            truth.label_names,
        )
        for place, name in enumerate(MODELS)
    ]
    report, *_ = values(("sharp",))
    limits = np.where(np.arange(120)[:, None] < 60, 0.5, np.where(np.arange(15) == 3, np.nan, 0.6))
    thresholds = dict.fromkeys(MODELS, limits)
    pairs = [(name, MODELS[0]) for name in MODELS[1:]]
    report |= evaluate(truth, scores, pairs, thresholds=thresholds, n_replicates=50)
    report["floors"]["metadata"] = {}
    fields = [("loss", float), ("validation_loss", float), ("validation_auc", float)]
    histories = {name: [np.ones(37, fields)] for name in MODELS}
    return report_plots.Subject(Report.of(report), truth, scores, cautions.rare(truth)), histories


@pytest.fixture(scope="module", params=WIDTHS)
def drawn(request, many):
    """Every figure of the report at a width of a journal."""
    figures = report_plots.figures(*many, WIDTHS[request.param])
    return {name: figure for name, (figure, _, _) in figures.items()}


def test_no_tick_labels_overlap_and_none_leaves_the_figure(drawn):
    for name, figure in drawn.items():
        labels = [*boxes.tick_labels(figure)]
        assert (name, boxes.overlapping(labels), boxes.outside(figure, labels)) == (name, [], [])


def test_no_other_texts_overlap_and_none_leaves_the_figure(drawn):
    for name, figure in drawn.items():
        found = [*boxes.texts(figure)]
        assert (name, boxes.overlapping(found), boxes.outside(figure, found)) == (name, [], [])


def test_no_legend_covers_data(drawn):
    assert [name for name, figure in drawn.items() if boxes.legend_on_axes(figure)] == []
    assert [name for name, figure in drawn.items() if figure.legends] == [
        *("differences", "forest", "roc", "precision_recall", "reliability", "net_benefit"),
        "learning",
    ]
