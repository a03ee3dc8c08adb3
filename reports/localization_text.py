"""The results of `localize` as lines for a terminal: the answer first, then short tables."""

from collections.abc import Iterator
from typing import Any

from evaluation.certainty import LEAST_PATIENTS
from evaluation.clustered_means import ALL, MEAN
from evaluation.localisation_figures import CENTRE, CHANCE, LESS_PRIOR, PRIOR
from reports.columns import aligned
from reports.wording import figure, number, reasons

Values = dict[str, Any]
COARSE, FEW = "*", "†"
# From this number on, the 95 % interval of a share is about a tenth either way.
MANY_PATIENTS = 100
SHOWN = ("hit", "iou", "iobb")


def lines(values: Values) -> list[str]:
    """The answer for each method, the data, and the figures of every finding."""
    methods, everything = values["methods"], values["rows"][ALL]
    return [
        *(_answer(name, values) for name in methods),
        f"{everything['films']:,} findings with {everything['boxes']:,} boxes, of"
        f" {everything['patients']:,} patients; {values['data']}, split: {values['split']}, set:"
        f" {values['part']}; {values['classifier']} in {values['bundle']}",
        *(f"note: {note}" for note in values["notes"]),
        *_table("the peak is in a box", "hit", [*methods, PRIOR, CENTRE, CHANCE], values),
        *_table("the same, minus the prior's", "hit", _less(methods), values),
        *_table("IoU with the boxes", "iou", [*methods, PRIOR], values),
        *_table(
            "IoBB: share of the marked cells that is in a box", "iobb", [*methods, PRIOR], values
        ),
        *_marks(values),
        *_sanity(values),
    ]


def _answer(name: str, values: Values) -> str:
    looks = values["rows"][ALL]["looks"]
    hit, prior, more = (looks[look]["hit"] for look in (name, PRIOR, name + LESS_PRIOR))
    where = "On synthetic images: " if values["synthetic"] else ""
    if more["ci"] is None:
        return (
            f"{where}the peak of {name} is in the box for {number(hit['value'])} of findings, that"
            f" of the location prior for {number(prior['value'])}. No interval or test:"
            f" {more['ci_missing']}."
        )
    low, high = more["ci"]
    than = "more often" if low > 0 else "less often" if high < 0 else "not clearly more often"
    return (
        f"{where}the peak of {name} is in the box for {figure(hit)} of findings, {than} than that"
        f" of the location prior ({number(prior['value'])}): {figure(more)}."
    )


def _less(methods: list[str]) -> list[str]:
    return [name + LESS_PRIOR for name in methods]


def _table(title: str, name: str, looks: list[str], values: Values) -> list[str]:
    rows = [(title, "boxes", "patients", *looks)]
    for finding, row in values["rows"].items():
        cells = [
            figure(row["looks"][look][name]) + (COARSE if look in row["coarse"] else "")
            for look in looks
        ]
        rows.append((_marked(finding, values), f"{row['boxes']:,}", f"{row['patients']:,}", *cells))
    return ["", *aligned(rows)]


def _marks(values: Values) -> list[str]:
    """Explanations of the columns and marks of the tables, and notes on their figures."""
    tuned = ", ".join(values["tuned"])
    shares = f"tuned on validation images for {tuned}, else by Otsu's method" if tuned else "Otsu's"
    return [
        "",
        "prior: the place that most other patients' boxes of the finding cover, in"
        f" {values['films_of_prior']:,} images with boxes; centre: of the image; chance: a random"
        " point",
        f"IoU and IoBB: of the cells above a share of the map's maximum, {shares}",
        *_limits(values),
        *_missing(values),
    ]


def _limits(values: Values) -> Iterator[str]:
    """Notes on few patients, empty maps and coarse maps."""
    rows, everything = values["rows"].values(), values["rows"][ALL]
    if LEAST_PATIENTS <= everything["patients"] < MANY_PATIENTS:
        yield (
            f"{everything['patients']:,} patients are few: the intervals are wide, and any value in"
            " them is possible"
        )
    for name in values["methods"]:
        if share := everything["looks"][name]["empty"]["value"]:
            count = round(share * everything["films"])
            yield f"{name} has no evidence anywhere in {count:,} maps, which count as misses"
    if any(row["coarse"] for row in rows):
        yield f"{COARSE} half of the boxes are smaller than a cell of this map"
    if any(row["patients"] < LEAST_PATIENTS for row in rows):
        yield (
            f"{FEW} fewer than {LEAST_PATIENTS} patients have boxes of this finding, so it has no"
            " intervals; intervals of a mean over such findings are too narrow"
        )


def _missing(values: Values) -> list[str]:
    """Why figures have no interval; findings with few patients have their mark instead."""
    return reasons(
        (f"{figure} of {look} in {finding}", figures[figure].get("ci_missing"))
        for finding, row in values["rows"].items()
        if row["patients"] >= LEAST_PATIENTS
        for look, figures in row["looks"].items()
        for figure in figures
        if figure in SHOWN
    )


def _sanity(values: Values) -> list[str]:
    if "sanity" not in values:
        return []
    shuffled, deleted = (values["sanity"][check] for check in ("after_shuffling", "after_deletion"))
    correlations = [(name, figure(each["correlation"])) for name, each in shuffled.items()]
    falls = [("", "there", "elsewhere", "difference")]
    falls += [
        (name, *(figure(each[fall]) for fall in ("credited", "elsewhere", "more")))
        for name, each in deleted.items()
    ]
    return [
        "",
        "rank correlation with maps of shuffled weights (1: training does not affect the maps)",
        *(aligned(correlations) or [f"{values['classifier']} has no weights to shuffle"]),
        "",
        "drop of the probability after blurring the region of most attribution, or one elsewhere",
        *aligned(falls),
    ]


def _marked(finding: str, values: Values) -> str:
    """The finding with a mark if it, or one in its mean, has few patients."""
    rows = values["rows"]
    of = [name for name in rows if finding in (name, MEAN)]
    return finding + (FEW if any(rows[name]["patients"] < LEAST_PATIENTS for name in of) else "")
