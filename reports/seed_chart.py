"""A chart of the macro AUC of each training seed, as SVG whose text is text."""

from html import escape

from reports.html_tables import scrolling
from reports.report_tree import Report
from reports.wording import by_seed, number, shortened

# Units of the drawing: a row for each model, its name above its points.
WIDTH, ROW, EDGE, TEXT = 640, 44, 12, 13
# Longer names end in an ellipsis; the table has them whole.
LONGEST = 80


def figure(report: Report) -> str:
    """Each model's seeds as points on a common axis; nothing for one seed or none."""
    if not by_seed(report):
        return ""
    trained = {name: one.training for name, one in report.models.items() if one.training}
    aucs = {name: training.macro_auc_by_seed for name, training in trained.items()}
    low, high = min(map(min, aucs.values())), max(map(max, aucs.values()))
    scale = (WIDTH - 2 * EDGE) / ((high - low) or 1)
    rows = "".join(
        _row(name, [EDGE + (value - low) * scale for value in values], place * ROW)
        for place, (name, values) in enumerate(aucs.items())
    )
    height = len(aucs) * ROW + 2 * TEXT
    ends = "".join(
        f'<text x="{x}" y="{height - 4}" text-anchor="{anchor}">{number(value, 4)}</text>'
        for x, anchor, value in ((EDGE, "start", low), (WIDTH - EDGE, "end", high))
    )
    caption = "Macro AUC of each training seed: a point for each seed, a bar for their mean."
    drawing = (
        f'<svg role="img" aria-label="{caption}" viewBox="0 0 {WIDTH} {height}"'
        f' fill="currentColor" font-size="{TEXT}" style="max-width: {WIDTH}px">{rows}{ends}</svg>'
    )
    described = f"<figcaption>{caption}</figcaption>"
    return f"<figure>\n{scrolling('Macro AUC by seed', drawing)}{described}\n</figure>\n"


def _row(name: str, places: list[float], top: float) -> str:
    """A model's name, a line from the lowest to the highest seed, the points and their mean."""
    shown, middle, mean = escape(shortened(name, LONGEST)), top + 30, sum(places) / len(places)
    line = f'<path d="M{min(places):.1f} {middle}H{max(places):.1f}" stroke="currentColor"/>'
    points = "".join(
        f'<circle cx="{x:.1f}" cy="{middle}" r="4" fill="var(--link)" fill-opacity=".7"/>'
        for x in places
    )
    bar = f'<path d="M{mean:.1f} {middle - 8}v16" stroke="currentColor" stroke-width="2"/>'
    return f'<text x="{EDGE}" y="{top + 15}">{shown}</text>{line}{points}{bar}'
