import numpy as np

from reports.plots import forest
from reports.report_tree import Report
from tests.reports.comparisons import values


def drawn(figure):
    """Rows, values and interval ends of each series of a forest plot."""
    (axes,) = figure.axes
    points = [line.get_xydata() for line in axes.lines[:-2]]
    spans = [np.array(spans.get_segments())[:, :, 0] for spans in axes.collections]
    return axes, points, spans


def test_each_auc_stands_in_the_row_of_its_label_with_its_interval():
    report, _, _ = values(("sharp",))
    axes, (points,), (spans,) = drawn(forest.aucs(Report.of(report).models))
    names = [text.get_text() for text in axes.get_yticklabels()]
    figures = report["models"]["sharp"]
    for (value, row), span in zip(points, spans, strict=True):
        name = names[int(row)]
        label = figures["labels"].get(name)
        expected = (label["auc"], label["auc_ci"]) if label else (figures["macro_auc"],)
        assert value == expected[0]
        assert not label or span.tolist() == expected[1]


def test_labels_fall_from_the_highest_and_the_macro_comes_last():
    report, _, _ = values(("sharp",))
    axes, (points,), _ = drawn(forest.aucs(Report.of(report).models))
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names[-2:] == ["Never", "macro AUC"]
    assert points[0, 0] >= points[1, 0]


def test_a_label_without_auc_has_its_row_and_no_point_and_says_why():
    report, _, _ = values()
    for figure in (
        forest.aucs(Report.of(report).models),
        forest.differences(Report.of(report).comparisons),
    ):
        axes, (points, *_), _ = drawn(figure)
        assert np.rint(points[:, 1]).tolist() == [0, 1, 3]
        (told,) = axes.texts
        assert (told.get_text(), told.get_position()[1]) == ("one class only", 2)


def test_a_figure_without_an_interval_is_a_hollow_point_without_a_bar():
    report, _, _ = values(("sharp",))
    report["models"]["sharp"]["labels"]["Edema"]["auc_ci"] = None
    axes, (solid, hollow), (spans,) = drawn(forest.aucs(Report.of(report).models))
    (value,) = hollow[:, 0]
    assert value == report["models"]["sharp"]["labels"]["Edema"]["auc"]
    assert axes.lines[1].get_fillstyle() == "none"
    assert len(spans) == len(solid) == 2


def test_differences_have_a_line_at_no_difference():
    report, _, _ = values()
    axes, (points,), _ = drawn(forest.differences(Report.of(report).comparisons))
    assert axes.lines[-2].get_xdata() == [0, 0]
    assert points[-1, 0] == report["comparisons"][0]["delta_macro_auc"]


def test_several_models_are_named_and_lie_side_by_side():
    report, _, _ = values()
    figure = forest.aucs(Report.of(report).models)
    _, (first, second), _ = drawn(figure)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["sharp", "vague"]
    assert set(first[:, 1]).isdisjoint(second[:, 1])
