import numpy as np

from reports.abstention_figures import RiskCoverage
from reports.plots import risk_coverage

CURVE = RiskCoverage([0.01, 0.1, 0.5], [0.0, 0.4, 0.9], [None, 0.05, 0.2])


def test_each_level_is_a_point_where_anything_is_answered():
    (axes,) = risk_coverage.curves({"cnn": CURVE}).axes
    (line,) = axes.lines
    np.testing.assert_allclose(line.get_xydata(), [[0, np.nan], [0.4, 0.05], [0.9, 0.2]])


def test_each_model_has_a_line_and_a_name():
    figure = risk_coverage.curves({"cnn": CURVE, "dual_input": CURVE})
    assert len(figure.axes[0].lines) == 2
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["cnn", "dual_input"]
