from dataclasses import replace

import numpy as np
import pytest

from evaluation.auc import auc
from evaluation.calibration_error import reliability
from reports.plots import label_curves
from tests.reports.comparisons import values


@pytest.fixture
def evaluated():
    _, truth, scores = values()
    return truth, scores


def test_the_area_under_the_plotted_roc_curve_is_the_auc(evaluated):
    truth, scores = evaluated
    axes = label_curves.roc(truth, scores).axes[0]
    for line, one in zip(axes.lines[1:], scores, strict=True):
        expected = auc(truth.labels[:, 0] == 1, one.probabilities[:, 0])
        assert np.trapezoid(line.get_ydata(), line.get_xdata()) == pytest.approx(expected)


def test_the_precision_of_chance_is_the_share_of_positives(evaluated):
    truth, scores = evaluated
    axes = label_curves.precision_recall(truth, scores).axes[1]
    assert axes.lines[0].get_ydata()[0] == truth.labels[:, 1].mean()
    assert axes.lines[1].get_ydata()[-1] == truth.labels[:, 1].mean()


def test_every_bin_of_every_model_lies_inside_its_panel(evaluated):
    truth, scores = evaluated
    axes = label_curves.reliability(truth, scores).axes[0]
    for one in scores:
        curve = reliability(truth.labels[:, 0] == 1, one.probabilities[:, 0])
        assert max(curve.predicted.max(), curve.observed.max()) < axes.get_xlim()[1]
    assert axes.get_xlim() == axes.get_ylim()


def test_a_label_with_one_class_says_so(evaluated):
    axes = label_curves.roc(*evaluated).axes[2]
    assert axes.get_title() == "Never (0)"
    assert axes.texts[0].get_text() == "one class only"


def test_models_are_named_once_where_there_are_several(evaluated):
    truth, scores = evaluated
    (legend,) = label_curves.roc(truth, scores).legends
    assert [text.get_text() for text in legend.get_texts()] == ["sharp", "vague"]
    assert not label_curves.roc(truth, scores[:1]).legends


def test_models_are_named_where_the_first_label_has_one_class(evaluated):
    truth, scores = evaluated
    labels = truth.labels.copy()
    labels[:, 0] = 0
    (legend,) = label_curves.roc(replace(truth, labels=labels), scores).legends
    assert [text.get_text() for text in legend.get_texts()] == ["sharp", "vague"]
