"""External data sets as tables for papers: drops, gains, findings and calibration."""

from collections.abc import Iterator
from typing import Any

from reports import latex
from reports.external_figures import GainDifference, LabelDrop
from reports.external_html import AUCS, FIGURES, GAINS, figures
from reports.external_wording import TITLES, gain_rows, rows
from reports.json_trees import as_json
from reports.latex import Row
from reports.report_tree import Report
from reports.wording import number, with_interval

SIDES = ("inside", "outside")
LABELS = ("Finding", "Data set", "Model", *AUCS[1:4])
Rows = dict[str, list[dict[str, Any]]]


def values(report: Report) -> Rows:
    """The rows of each table, with nested values as report.json has them."""
    sites = (report.external or {}).items()
    return {
        "external_drop": [
            {"data_set": name, "model": model} | as_json(each)
            for name, site in sites
            for model, each in site.drop.items()
        ],
        "external_gains": [
            {"data_set": name}
            | as_json(each)
            | {f"{side}_{key}": value for side in SIDES for key, value in _side(each, side)}
            for name, site in sites
            for each in site.gain_difference
        ],
        "external_labels": [
            {"data_set": name, "model": model, "label": label} | as_json(each)
            for name, site in sites
            for model, drop in site.drop.items()
            for label, each in drop.labels.items()
        ],
        "external_calibration": [*_calibration(report)],
    }


def _side(gain: GainDifference, side: str) -> Iterator[tuple[str, Any]]:
    for key, value in as_json(getattr(gain, side)).items():
        if key in ("delta_macro_auc", "p", "answer"):
            yield key, value
        if key == "ci":
            yield from zip(("low", "high"), value or (None, None), strict=True)


def _calibration(report: Report) -> Iterator[dict[str, Any]]:
    """A row for each data set, model, state and finding; of estimates the value and its ends."""
    for name, site in (report.external or {}).items():
        for model, states in site.calibration.items():
            for state, overall in states.items():
                for label, each in overall.labels.items():
                    yield {"data_set": name, "model": model, "state": state, "label": label} | {
                        key: value
                        for figure, found in as_json(each).items()
                        for key, value in _estimate(figure, found)
                    }


def _estimate(name: str, found: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(found, dict):
        yield name, found
        return
    low, high = found["ci"] or (None, None)
    yield from ((name, found["value"]), (f"{name}_low", low), (f"{name}_high", high))


def _aucs(one: LabelDrop) -> Row:
    return number(one.inside), number(one.outside), with_interval(one.drop, one.ci)


def printed(report: Report) -> dict[str, list[str]]:
    """Each table in LaTeX, a group of rows for each data set; without the controls."""
    sites = (report.external or {}).items()
    header = [(first, "Data set", *others) for first, *others in (AUCS, GAINS)]
    drops = [[(model, name, *cells) for model, *cells in rows(site)] for name, site in sites]
    gains = [[(pair, name, *cells) for pair, *cells in gain_rows(site)] for name, site in sites]
    calibrated: list[list[Row]] = [
        [
            (model, name, TITLES[state], *figures(each))
            for model, states in site.calibration.items()
            for state, each in states.items()
        ]
        for name, site in sites
    ]
    labels: list[list[Row]] = [
        [
            (label, name, model, *_aucs(each))
            for model, drop in site.drop.items()
            for label, each in drop.labels.items()
            if not drop.control
        ]
        for name, site in sites
    ]
    return {
        "external_drop": [latex.tabular(header[0], drops)],
        "external_gains": [latex.tabular(header[1], gains)],
        "external_labels": [latex.tabular(LABELS, labels)],
        "external_calibration": [
            latex.tabular(("Model", "Data set", "Images", *FIGURES), calibrated)
        ],
    }
