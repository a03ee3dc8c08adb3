"""Two past runs side by side: options that differ, and figures of each model."""

from collections.abc import Iterator
from typing import Any

from errors import InvalidOption
from features.settings import read_settings
from pipelines import Result
from pipelines.past_runs import PastRun
from reports.columns import aligned, wrapped
from reports.wording import NONE, number, shortened

FIGURES = {
    "macro AUC": ("macro_auc",),
    "micro AUC": ("micro_auc",),
    "calibration error": ("calibration", "ece"),
    "Brier score": ("calibration", "brier"),
}
DIGITS = 4
LONGEST = 24
WITHOUT_INTERVALS = (
    "These differences have no intervals. `score` computes them from the predictions of both runs."
)


def compared(first: PastRun, second: PastRun) -> Result:
    """Both runs as text and JSON; runs over other images or another split are refused."""
    check_same(first, second)
    options = different_options(first, second)
    figures = {name: dict(_figures(path, first, second)) for name, path in FIGURES.items()}
    values = {"runs": [first.name, second.name], "options": options, "figures": figures}
    return Result([*_lines(first, second, options, figures)], values)


def check_same(first: PastRun, second: PastRun) -> None:
    """Refuse two runs whose split or data differ."""
    one, other = (run.report["split"].get("name") for run in (first, second))
    if one != other:
        raise InvalidOption(
            f"diff needs two runs over the same split; {first.name} has {one!r}, and {second.name}"
            f" has {other!r}. Repeat one of them with the split of the other."
        )
    changed = [*_changed(first, second)]
    if changed:
        raise InvalidOption(
            f"diff needs two runs over the same data; {first.name} and {second.name} differ in"
            f" {', '.join(changed)}. Repeat the older one on the data as they are now."
        )


def _changed(first: PastRun, second: PastRun) -> Iterator[str]:
    """What differs in the data: digests where both runs have them, else counts in the reports."""
    one, other = first.digests, second.digests
    yield from (name for name in one if other.get(name, one[name]) != one[name])
    if not (one and other):
        counts = {"films": "images", "patients": "patients", "labels": "images with each label"}
        for key, name in counts.items():
            if first.report["split"].get(key) != second.report["split"].get(key):
                yield f"number of {name}"


def different_options(first: PastRun, second: PastRun) -> dict[str, list[Any]]:
    """Options, settings of plug-ins and versions that differ, with both values."""
    one, other = (_options(run) for run in (first, second))
    names = dict.fromkeys([*one, *other])
    pairs = {name: [one.get(name), other.get(name)] for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _options(run: PastRun) -> dict[str, Any]:
    options = dict(run.report.get("configuration", {}).get("options", {}))
    settings = read_settings(str(options.pop("set", "")))
    for plugin, parameters in settings.items():
        options |= {f"{plugin}.{name}": value for name, value in parameters.items()}
    versions = run.report.get("versions", {})
    return options | {f"version of {name}": each for name, each in versions.items()}


def _figures(
    path: tuple[str, ...], first: PastRun, second: PastRun
) -> Iterator[tuple[str, dict[str, float | None]]]:
    """Each model with its figure in both runs, and the difference."""
    models = [run.report["models"] for run in (first, second)]
    for name in dict.fromkeys([*models[0], *models[1]]):
        before, after = (_at(each.get(name), path) for each in models)
        known = before is not None and after is not None
        difference = after - before if known else None  # type: ignore[operator]
        yield name, {"first": before, "second": after, "difference": difference}


def _at(figures: Any, path: tuple[str, ...]) -> float | None:
    for key in path:
        figures = figures.get(key) if isinstance(figures, dict) else None
    return figures if isinstance(figures, int | float) else None


def _lines(
    first: PastRun,
    second: PastRun,
    options: dict[str, list[Any]],
    figures: dict[str, dict[str, dict[str, float | None]]],
) -> Iterator[str]:
    data, split = first.report["data"], first.report["split"]
    yield f"A: {first.name}, {first.date}"
    yield f"B: {second.name}, {second.date}"
    yield from wrapped(
        f"{data.get('source')}, {data.get('films', 0):,} images; split: {split.get('name')}"
    )
    yield ""
    if options:
        rows = [(name, *map(_short, pair)) for name, pair in options.items()]
        yield from aligned([("option", "A", "B"), *rows])
    else:
        yield "All options are the same."
    for name, models in figures.items():
        yield ""
        rows = [(model, *_cells(each)) for model, each in models.items()]
        yield from aligned([(name, "A", "B", "B − A"), *rows])
    yield from ("", *wrapped(WITHOUT_INTERVALS))


def _short(value: Any) -> str:
    return shortened(NONE if value in (None, "") else str(value), LONGEST)


def _cells(values: dict[str, float | None]) -> tuple[str, str, str]:
    difference = number(values["difference"], DIGITS)
    sign = "" if difference.startswith(("−", NONE)) else "+"
    return number(values["first"], DIGITS), number(values["second"], DIGITS), sign + difference
