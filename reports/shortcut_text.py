"""The results of `localize --lungs` for a terminal: the answer first, then short tables."""

from collections.abc import Iterator
from typing import Any

from evaluation.lung_shares import AREA, LESS_AREA
from inference.lung_study import BORDERS, LUNGS, MACRO, OCCLUSIONS, OUTSIDE, TEXT, WHOLE
from reports.columns import aligned
from reports.wording import capital, figure, reasons, with_interval

Values = dict[str, Any]
# What is blanked, as a heading.
TITLES = {
    WHOLE: "nothing",
    OUTSIDE: "all but the lungs",
    LUNGS: "the lungs",
    BORDERS: "borders",
    TEXT: "text",
}
SURVIVES = "the AUC of {} survives blanking the lungs, so the model may use a shortcut"
NONE_SURVIVES = "no finding's AUC survives blanking the lungs"


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
    rows = [("AUC if blanked:", *TITLES.values())]
    rows += [
        (finding, *(figure(row[each]["auc"]) for each in TITLES))
        for finding, row in values["occlusions"].items()
    ]
    differences = [("difference:", *(TITLES[each] for each in OCCLUSIONS))]
    differences += [
        (finding, *(figure(row[each]["difference"]) for each in OCCLUSIONS))
        for finding, row in values["occlusions"].items()
    ]
    counted = f"text was found in {values['films_with_text']:,} of {values['films']:,} images"
    return ["", *aligned(rows), "", *aligned(differences), counted]


def _attribution(values: Values) -> list[str]:
    """The share of positive attribution in the lungs, beside the lungs' area."""
    if not values["attribution"]:
        return []
    names = [*next(iter(values["attribution"].values()))]
    methods = [name for name in names if name != AREA and not name.endswith(LESS_AREA)]
    shown = [*methods, AREA, *(method + LESS_AREA for method in methods)]
    rows = [("positive attribution in the lungs", *shown)]
    rows += [
        (finding, *(figure(row[name]) for name in shown))
        for finding, row in values["attribution"].items()
    ]
    return ["", *aligned(rows)]


def _probes(values: Values) -> list[str]:
    """How well each block of features predicts what it should not need to know."""
    targets = list(dict.fromkeys(name for row in values["probes"].values() for name in row))
    if not targets:
        return []
    rows = [("AUC of a probe", *targets)]
    rows += [
        (block, *(with_interval(row[name]["auc"], row[name]["auc_ci"]) for name in targets))
        for block, row in values["probes"].items()
    ]
    return ["", *aligned(rows)]


def _missing(values: Values) -> Iterator[tuple[str, str | None]]:
    """Findings whose AUC has no interval, each with the reason."""
    for finding, row in values["occlusions"].items():
        if finding != MACRO:
            yield finding, row[WHOLE]["auc"]["ci_missing"]
