"""External data sets in the report: a section on all of them, and one on each."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from reports import cause_html, html_tables, pages
from reports.external_figures import Estimate, External, LabelDrop, State, Transported
from reports.external_wording import TITLES, described, gain_rows, of_folds, over, rows
from reports.report_figures import LabelFigures
from reports.report_tree import Report
from reports.wording import number, with_interval

ACROSS = "Other hospitals"
AUCS = ("Model", "Test images", "Outside", "Drop", "p", "Answer")
GAINS = ("Model − baseline", "Test images", "Outside", "Gain lost", "p", "p (Holm)", "Answer")
FIGURES = ("In the large", "Slope", "Sensitivity", "Specificity", "Brier score", "ECE")
READING = (
    "Drop: the AUC on the test images minus the AUC outside, in the other hospital. Gain lost: the"
    " same for a model's gain over the baseline. The patients of each data set are resampled on"
    " their own. An AUC falls, or a gain shrinks, if the 95 % interval lies above 0. It is"
    " equivalent if the 90 % interval lies within the margin.",
    "Models, thresholds and vocabularies of visual words come from the training set alone.",
    "Calibration in the large is 0 if as many images have a finding as the probabilities say, and"
    " below 0 if they say too many. A calibration slope below 1 means that probabilities are too"
    " extreme. Sensitivity and specificity are those at the training set's thresholds.",
)


def sections(report: Report) -> dict[str, str]:
    """The sections by their titles, as HTML; none without external data sets."""
    sites = report.external or {}
    if not sites:
        return {}
    across = _across(sites) + pages.folded("How to read this", pages.items(READING))
    return {ACROSS: across} | {f"On {name}": _site(name, site) for name, site in sites.items()}


def _across(sites: Mapping[str, External]) -> str:
    """The macro AUC and the gain of every model on every external data set."""
    drops = [(model, name, *cells) for name, site in sites.items() for model, *cells in rows(site)]
    gains = [
        (pair, name, *cells) for name, site in sites.items() for pair, *cells in gain_rows(site)
    ]
    header = [(first, "Data set", *others) for first, *others in (AUCS, GAINS)]
    return _answered("Macro AUC over the findings shared", header[0], drops) + (
        _answered("Gains in macro AUC over the findings shared", header[1], gains) if gains else ""
    )


def _answered(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose answers, the last column of its rows, come before the figures."""
    place = header.index("Test images")
    moved = [(*row[:place], row[-1], *row[place:-1]) for row in (header, *rows)]
    return html_tables.table(caption, moved[0], moved[1:])


def _site(name: str, site: External) -> str:
    """What is known of an external data set, and the figures of all models on it."""
    caption = f"Macro AUC over {over(site)}" if site.labels_compared else "Macro AUC"
    controls = rows(site, controls=True)
    reasons = {f"{model}": each.ci_missing for model, each in site.drop.items() if not each.control}
    gains = gain_rows(site)
    return (
        f"<p>{escape(site.source)}: {escape(described(site))}.</p>\n"
        + pages.items([*of_folds(site), *_rare(site)])
        + (_answered(caption, AUCS, rows(site)) if site.drop else "")
        + html_tables.why_missing(reasons.items())
        + (_answered("Gains in macro AUC", GAINS, gains) if gains else "")
        + _labels(site)
        + _calibration(site)
        + pages.items([*cause_html.sentences(site.causes, name)])
        + cause_html.causes(site.causes)
        + pages.folded(
            "Width-matched controls",
            _answered(caption, AUCS, controls) if controls else "",
        )
        + pages.folded(f"Notes on {name}", pages.items(site.notes))
    )


def _rare(site: External) -> Iterator[str]:
    if site.rare:
        named = ", ".join(f"{label} ({count})" for label, count in site.rare.items())
        yield f"Fewer than 10 images have: {named}."


def _labels(site: External) -> str:
    """The AUC of each label outside and what it loses, for each model but the controls."""
    names = [name for name, each in site.drop.items() if not each.control]
    figures = site.evaluated.models
    header = ("Finding", "Positives", *(cell for name in names for cell in (name, "drop")))
    table = [
        (
            label,
            f"{_first(site, label).positives:,} of {_first(site, label).images:,}",
            *(
                cell
                for name in names
                for cell in _cells(figures[name].labels[label], site.drop[name].labels.get(label))
            ),
        )
        for label in site.labels
    ]
    return html_tables.table("AUC of each finding outside", header, table, site.rare)


def _first(site: External, label: str) -> LabelFigures:
    return next(iter(site.evaluated.models.values())).labels[label]


def _cells(outside: LabelFigures, lost: LabelDrop | None) -> tuple[str, str]:
    drop = with_interval(lost.drop, lost.ci) if lost else number(None)
    return with_interval(outside.auc, outside.auc_ci), drop


def _calibration(site: External) -> str:
    """Calibration and rates of each model, means over findings, then of each finding, folded."""
    if not site.calibration:
        return ""
    count = site.recalibrated_on
    table = [
        (model, TITLES[state], *figures(each))
        for model, states in site.calibration.items()
        for state, each in states.items()
    ]
    note = (
        f"Recalibrated on {count:,} patients of the same data set, and evaluated on the others."
        if count
        else ""
    )
    caption = "Calibration, and rates at the training set's thresholds: means over findings"
    header = ("Model", "Images", *FIGURES)
    by_label = "".join(_of_model(model, each, site) for model, each in site.calibration.items())
    return (
        html_tables.table(caption, header, table)
        + (f"<p>{escape(note)}</p>\n" if note else "")
        + pages.folded("Calibration of each finding", by_label)
    )


def _of_model(model: str, states: Mapping[str, State], site: External) -> str:
    table = [
        (label, TITLES[state], *figures(each.labels[label]))
        for label in site.labels
        for state, each in states.items()
    ]
    reasons = [
        (f"{label}, {TITLES[state]}", each.labels[label].slope.ci_missing)
        for label in site.labels
        for state, each in states.items()
    ]
    header: Sequence[str] = ("Finding", "Images", *FIGURES)
    return html_tables.table(model, header, table) + html_tables.why_missing(reasons)


def figures(one: Transported) -> tuple[str, ...]:
    """The cells of calibration and rates."""
    rates = (one.calibration_in_the_large, one.slope, one.sensitivity, one.specificity)
    return (*map(_estimate, rates), number(one.brier), number(one.ece))


def _estimate(one: Estimate) -> str:
    return with_interval(one.value, one.ci, 2)
