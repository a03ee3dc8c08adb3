import numpy as np
import pytest

from evaluation.localisation_figures import PRIOR, Boxed, Look, evaluate
from reports.plots import localisation_plot
from reports.plots.plotting import WIDTHS
from tests.reports.plots import boxes


@pytest.fixture
def values():
    """Two images with a mass and one nodule; the camera hits one mass, the prior everything.

    Ten times over, so that masses have intervals; nodules are of too few patients.
    """
    box, hit, miss = np.array([[0.0, 0.0, 0.5, 0.5]]), np.eye(2) * [1, 0], np.eye(2) * [0, 1]
    boxes = [box] * 30
    looks = {"camera": Look([hit, miss, miss] * 10, boxes), PRIOR: Look([hit] * 30, boxes)}
    findings = np.array(["Mass", "Mass", "Nodule"] * 10, object)
    boxed = Boxed(boxes, findings, np.arange(30))
    thresholds = {name: np.full(30, 0.5) for name in looks}
    facts = {"data": "films", "classifier": "dual_input", "synthetic": True}
    rows = evaluate(looks, thresholds, boxed, n_replicates=100)
    return facts | {"methods": ["camera"], "rows": rows}


def test_hit_rates_stand_in_the_rows_of_their_findings(values):
    (axes,) = localisation_plot.hit_rates(values).axes
    lines = {line.get_label(): line for line in reversed(axes.lines)}
    assert lines["camera"].get_xdata() == pytest.approx([0.5, 1 / 3, 0.25])
    assert np.rint(lines["camera"].get_ydata()).tolist() == [0, 2, 3]


def test_figures_without_an_interval_are_hollow_points(values):
    (axes,) = localisation_plot.hit_rates(values).axes
    hollow = [line for line in axes.lines if line.get_fillstyle() == "none"]
    camera, prior = (line.get_xydata() for line in hollow[:2])
    assert np.rint(camera).tolist() == [[0, 1]]
    # Nothing in the prior's hits varies.
    assert prior[:, 0].tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("width", WIDTHS.values())
def test_names_do_not_overlap_and_the_legend_covers_no_point(values, width):
    figure = localisation_plot.hit_rates(values, width)
    labels = [*boxes.tick_labels(figure)]
    assert boxes.overlapping(labels) == boxes.outside(figure, labels) == []
    assert boxes.legend_on_axes(figure) == []


def test_synthetic_images_are_called_so(values):
    figure = localisation_plot.hit_rates(values)
    assert figure.texts[0].get_text().startswith("films (synthetic), dual_input: share of")


def test_blind_guesses_are_named_and_grey(values):
    figure = localisation_plot.hit_rates(values)
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["camera", "prior", "centre", "chance"]
    colours = {line.get_label(): line.get_color() for line in figure.axes[0].lines}
    assert colours["prior"] == colours["chance"] == localisation_plot.QUIET != colours["camera"]


def test_intervals_are_those_of_the_evaluation(values):
    (axes,) = localisation_plot.hit_rates(values).axes
    spans = np.array(axes.collections[0].get_segments())[:, :, 0].tolist()
    hits = [row["looks"]["camera"]["hit"]["ci"] for row in values["rows"].values()]
    assert spans == [ci for ci in hits if ci]
    assert len(spans) == 3


def test_findings_say_how_many_images_and_patients_they_are_of(values):
    (axes,) = localisation_plot.hit_rates(values).axes
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == [
        "Mass\nimages: 20, patients: 20",
        "Nodule\nimages: 10, patients: 10",
        "all findings",
        "mean of findings",
    ]
