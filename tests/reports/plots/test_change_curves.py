import numpy as np

from reports.plots import change_curves
from tests.reports import robustness_values as made


def panels(values=None, figure="macro_auc"):
    return change_curves.curves(values or made.pair(), figure, "macro AUC").axes


def test_there_is_a_panel_for_each_change():
    assert [axes.get_title() for axes in panels()] == ["noise", "blur"]


def test_a_line_starts_at_the_unchanged_image():
    noise = panels()[0]
    hybrid = noise.lines[0]
    assert hybrid.get_xdata().tolist() == [0, 1, 5]
    assert hybrid.get_ydata().tolist() == [0.8, 0.79, 0.75]


def test_panels_share_a_scale_that_holds_every_interval():
    scales = {axes.get_ylim() for axes in panels()}
    ((low, high),) = scales
    assert low < 0.59
    assert high > 0.81


def test_figures_without_a_value_or_interval_leave_a_gap():
    values = made.pair()
    values["changed"]["noise"]["5"]["cnn"]["figures"]["macro_auc"] = made.estimate(0, ci=False) | {
        "value": None
    }
    line = panels(values)[0].lines[2]
    assert np.isnan(line.get_ydata()[-1])
