"""The results of `localize --lungs` for a terminal: the answer first, then short tables."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from evaluation.lung_shares import AREA, LESS_AREA
from inference.lung_study import BORDERS, LUNGS, MACRO, OCCLUSIONS, OUTSIDE, TEXT, WHOLE
from reports.columns import blocks
from reports.wording import capital, figure, reasons, with_interval

Values = dict[str, Any]
# What is left of the images, or blanked, as a heading.
TITLES = {
    WHOLE: "whole images",
    OUTSIDE: "lungs alone",
    LUNGS: "lungs blanked",
    BORDERS: "borders blanked",
    TEXT: "text blanked",
}
ATTRIBUTION = "share of positive attribution in the lungs (area: of the image)"
SURVIVES = "the AUC of {} survives blanking the lungs, so the model may use a shortcut"
NONE_SURVIVES = "no finding is flagged, since no AUC survives blanking the lungs"


def lines(values: Values) -> list[str]:
    """The answer, the data, and the figures of every finding and block of features."""
    return [
        *_answer(values),
        f"{values['films']:,} images with lungs, of {values['patients']:,} patients;"
        f" {values['data']}, split: {values['split']}, set: {values['part']};"
        f" {values['classifier']} in {values['bundle']}",
        *(f"note: {note}" for note in values["notes"]),
        *_occlusions(values),
        *_attribution(values),
        *_probes(values),
        *reasons(_missing(values)),
    ]


def _answer(values: Values) -> Iterator[str]:
    where = "on synthetic images, " if values["synthetic"] else ""
    found = values["flagged"]
    said = where + (SURVIVES.format(", ".join(found)) if found else NONE_SURVIVES)
    yield capital(said) + "."


def _occlusions(values: Values) -> list[str]:
    """AUCs with parts of the images blanked, and what they differ by."""
    findings = values["occlusions"]
    rows = [[*TITLES.values()]]
    rows += [[figure(row[each]["auc"]) for each in TITLES] for row in findings.values()]
    differences = [[TITLES[each] for each in OCCLUSIONS]]
    differences += [
        [figure(row[each]["difference"]) for each in OCCLUSIONS] for row in findings.values()
    ]
    counted = f"text was found in {values['films_with_text']:,} of {values['films']:,} images"
    return [
        "",
        *_beside("AUC", findings, rows),
        "",
        *_beside("minus whole images", findings, differences),
        counted,
    ]


def _beside(title: str, names: Iterable[str], figures: Sequence[Sequence[str]]) -> list[str]:
    """A table with these names of rows, in blocks that fit a terminal."""
    return blocks([(title,), *((name,) for name in names)], figures)


def _attribution(values: Values) -> list[str]:
    """The share of positive attribution in the lungs, beside the lungs' area."""
    if not values["attribution"]:
        return []
    names = [*next(iter(values["attribution"].values()))]
    methods = [name for name in names if name != AREA and not name.endswith(LESS_AREA)]
    shown = [*methods, AREA, *(method + LESS_AREA for method in methods)]
    findings = values["attribution"]
    figures = [[*shown], *([figure(row[name]) for name in shown] for row in findings.values())]
    return ["", ATTRIBUTION, *_beside("", findings, figures)]


def _probes(values: Values) -> list[str]:
    """How well each block of features predicts what it should not need to know."""
    probes = values["probes"]
    targets = list(dict.fromkeys(name for row in probes.values() for name in row))
    if not targets:
        return []
    figures = [
        [with_interval(row[name]["auc"], row[name]["auc_ci"]) for row in probes.values()]
        for name in targets
    ]
    title = "AUC with which features predict sex, age, view and site (probes)"
    return ["", title, *_beside("", targets, [[*probes], *figures])]


def _missing(values: Values) -> Iterator[tuple[str, str | None]]:
    """Findings whose AUC has no interval, each with the reason."""
    for finding, row in values["occlusions"].items():
        if finding != MACRO:
            yield finding, row[WHOLE]["auc"]["ci_missing"]
