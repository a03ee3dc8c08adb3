"""Where texts of a figure lie once it is drawn, for tests of what overlaps."""

from functools import cache
from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg


@cache
def drawn(figure):
    """The renderer of a figure that has been drawn."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas.get_renderer()


def tick_labels(figure):
    """Text and box of every tick label that is visible."""
    renderer = drawn(figure)
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for place, text in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True):
                shown = axes.axison and text.get_visible() and text.get_text()
                if shown and low <= place <= high:
                    yield text.get_text(), text.get_window_extent(renderer)


def texts(figure):
    """Text and box of every other text: titles, names of axes, texts in axes and around them."""
    renderer = drawn(figure)
    found = [*figure.texts]
    for axes in figure.axes:
        found += [axes.title, *axes.texts]
        found += [axes.xaxis.label, axes.yaxis.label] if axes.axison else []
    return [(each.get_text(), each.get_window_extent(renderer)) for each in found if shows(each)]


def shows(text):
    """Whether a text has something to show."""
    return bool(text.get_visible() and text.get_text())


def overlapping(boxes):
    """Pairs of texts whose boxes share more than an edge."""
    pairs = combinations(boxes, 2)
    return [(one, other) for (one, a), (other, b) in pairs if _shared(a, b)]


def outside(figure, boxes):
    """Texts that leave the figure."""
    width, height = figure.get_size_inches() * figure.dpi
    return [
        text
        for text, box in boxes
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]


def legend_on_axes(figure):
    """Axes that a legend of the figure lies on, or whose title it does."""
    renderer = drawn(figure)
    boxes = [each.get_window_extent(renderer) for each in figure.legends]
    return [axes for axes in figure.axes for box in boxes if _shared(box, axes.get_tightbbox())]


def _shared(one, other, least=0.5):
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    down = min(one.y1, other.y1) - max(one.y0, other.y0)
    return across > least and down > least
