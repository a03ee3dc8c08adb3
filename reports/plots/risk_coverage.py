"""Risk-coverage curves: the share of answers that are wrong, over the share of pairs answered."""

from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from reports.abstention_figures import RiskCoverage
from reports.plots.page_layout import EDGE, SMALL, STEPS, Key, Sheet
from reports.plots.plotting import DOUBLE, styles

# Inches: the height of the axes, what is below and beside them, and the greatest width.
TALL, BELOW, BESIDE, WIDEST = 2.2, 0.4, 0.5, 4.5
LABELS = ("image-label pairs that get an answer", "answers that are wrong")


def curves(models: Mapping[str, RiskCoverage], width: float = DOUBLE) -> Figure:
    """A line for each model, with a point for each level of abstaining."""
    key, looks = Key.of([*models], width), styles([*models])
    sheet = Sheet.of(width, key.height + EDGE + TALL + BELOW)
    across = min(width - BESIDE - 2 * EDGE, WIDEST)
    axes = sheet.axes((width - across + BESIDE) / 2, key.height + EDGE, across, TALL)
    for name, curve in models.items():
        wrong = [float("nan") if share is None else share for share in curve.wrong]
        axes.plot(curve.answered, wrong, **looks[name], linewidth=1.0, markersize=3)
    for axis, text in zip((axes.xaxis, axes.yaxis), LABELS, strict=True):
        axis.set_major_formatter(PercentFormatter(1))
        axis.set_major_locator(MaxNLocator(5, steps=STEPS))
        axis.set_label_text(text, fontsize=SMALL)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(bottom=0)
    lines = [Line2D([], [], **look, markersize=3) for look in looks.values()]
    key.draw(sheet.figure, lines)
    return sheet.figure
