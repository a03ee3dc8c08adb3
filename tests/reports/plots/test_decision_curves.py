import numpy as np
import pytest

from reports.plots import decision_curves
from tests.reports.comparisons import evaluation


@pytest.fixture(scope="module")
def drawn():
    report, truth, _ = evaluation()
    curves = {name: figures.net_benefit for name, figures in report.models.items()}
    return curves, decision_curves.benefits(curves, truth)


def test_the_lines_are_treat_all_none_and_the_net_benefit_of_each_model(drawn):
    curves, figure = drawn
    everyone, none, *models = figure.axes[0].lines
    first = [each.labels["Edema"] for each in curves.values()]
    np.testing.assert_array_equal(everyone.get_ydata(), first[0].treat_all)
    assert set(none.get_ydata()) == {0}
    for line, each in zip(models, first, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), each.net_benefit)


def test_each_model_has_a_band_of_its_intervals(drawn):
    curves, figure = drawn
    assert len(figure.axes[0].collections) == len(curves)
    ends = np.array(curves["sharp"].labels["Edema"].ci)
    corners = figure.axes[0].collections[0].get_paths()[0].vertices[:, 1]
    assert (corners.min(), corners.max()) == (ends.min(), ends.max())


def test_a_label_with_one_class_says_so(drawn):
    assert drawn[1].axes[2].texts[0].get_text() == "one class only"


def test_what_is_worse_than_calling_none_is_cut_off(drawn):
    low, high = drawn[1].axes[0].get_ylim()
    assert low == pytest.approx(-decision_curves.BELOW * high)
