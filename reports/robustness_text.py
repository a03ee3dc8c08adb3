"""The results of `robustness` in sentences and as lines for a terminal: the answer first."""

from collections.abc import Iterator, Sequence
from typing import Any

from datasets.sources import counted
from evaluation.comparison import LEVEL
from evaluation.robustness_summary import ALL
from reports.columns import blocks
from reports.wording import figure, number, reasons

Values = dict[str, Any]
# Changes that a sentence names.
NAMED = 3
UNCLEAR = "not clearly sturdier or less sturdy"


def lines(values: Values) -> list[str]:
    """The answer, what it rests on, and the losses of every change."""
    missing = (
        (f"the loss of {model}", each["ci_missing"])
        for model, each in values["summary"][ALL]["losses"].items()
    )
    table = [header(values), *rows(values)]
    return [
        answer(values),
        *details(values),
        described(values),
        *(f"note: {note}" for note in values["notes"]),
        "",
        *blocks([row[:1] for row in table], [row[1:] for row in table]),
        *reasons(missing),
    ]


def answer(values: Values) -> str:
    """What the changes cost the model, and whether it is sturdier than the baseline."""
    row, (model, *others) = values["summary"][ALL], values["models"]
    where = f"{counted(len(values['changes']), 'change')} of {values['films']:,}"
    where += f"{' synthetic' * values['synthetic']} images"
    losses = {name: figure(each) for name, each in row["losses"].items()}
    if not others:
        return f"Over {where}, {model} lost {losses[model]} of its macro AUC of {_plain(values)}."
    (baseline,) = others
    return (
        f"{model} is {sturdier(row['difference'])} than {baseline}: over {where} it lost"
        f" {losses[model]} of macro AUC, {baseline} {losses[baseline]}; difference"
        f" {figure(row['difference'])}."
    )


def details(values: Values) -> Iterator[str]:
    """Where the first model or the baseline breaks, and which changes separate them."""
    summary, models = values["summary"], [*values["models"]]
    worst = sorted(values["changes"], key=lambda name: -_loss(summary[name], models[-1]))[:NAMED]
    if len(models) > 1:
        yield _levels(values)
    for name in models[1:] or models:
        listed = ", ".join(f"{change} ({_of_all(summary[change], models)})" for change in worst)
        yield f"{name} loses most under {listed}."
    if len(models) > 1:
        yield from separate(summary, *models)
    for name in models:
        yield from _failing(values, name)


def described(values: Values) -> str:
    """The data, the bundles and how figures are made."""
    bundles = ", ".join(f"{name} in {each['bundle']}" for name, each in values["models"].items())
    return (
        f"{values['data']}, split: {values['split']}, set: {values['part']}:"
        f" {values['films']:,} images of {values['patients']:,} patients; {bundles}; losses are"
        f" means over {numbered(severities(values))}"
    )


def header(values: Values) -> tuple[str, ...]:
    """The columns of the table of losses."""
    compared = ("difference", "p (Holm)", "corruption error")
    losses = [f"loss of {name}" for name in values["models"]]
    return ("change", *losses, *(compared if values["baseline"] else ()))


def rows(values: Values) -> list[tuple[str, ...]]:
    """A row for each change, then for all of them."""
    return [
        (
            name,
            *(figure(each) for each in row["losses"].values()),
            *(_compared(row) if values["baseline"] else ()),
        )
        for name, row in values["summary"].items()
    ]


def severities(values: Values) -> list[str]:
    """The severities of the run."""
    return [*next(iter(values["changed"].values()))]


def numbered(severities: Sequence[str]) -> str:
    """`severities 1 to 5`, or each of them where some between are missing."""
    first, *_, last = numbers = [*map(int, severities)] if len(severities) > 1 else [0, 0]
    if last == first:
        return f"severity {severities[0]}"
    together = len(numbers) > 2 and numbers == [*range(first, last + 1)]
    return "severities " + (f"{first} to {last}" if together else ", ".join(severities))


def _compared(row: dict[str, Any]) -> tuple[str, ...]:
    difference = row["difference"]
    return figure(difference), number(difference["p_holm"]), figure(row["corruption_error"])


def _levels(values: Values) -> str:
    """The mean AUC of each model on changed images, which a loss alone does not show."""
    parts = []
    for name, loss in values["summary"][ALL]["losses"].items():
        plain = values["unchanged"][name]["figures"]["macro_auc"]["value"]
        known = None not in (plain, loss["value"])
        mean = number(plain - loss["value"] if known else None)
        parts.append(f"{mean} for {name} ({number(plain)} on unchanged images)")
    return f"On changed images the mean macro AUC is {' and '.join(parts)}."


def sturdier(difference: dict[str, Any]) -> str:
    """Whether a difference of losses shows that a model is sturdier."""
    if difference["ci"] is None:
        return "not shown to be sturdier"
    low, high = difference["ci"]
    return "sturdier" if high < 0 else "less sturdy" if low > 0 else UNCLEAR


def separate(summary: Values, model: str, baseline: str) -> Iterator[str]:
    """Changes under which the model clearly loses less or more than the baseline."""
    tested = {
        name: row["difference"]
        for name, row in summary.items()
        if name != ALL and row["difference"]["p_holm"] is not None
    }
    clear = {name: each["value"] for name, each in tested.items() if each["p_holm"] <= LEVEL}
    less, more = ([change for change in clear if sign * clear[change] < 0] for sign in (1, -1))
    found = [f"less than {baseline} under {', '.join(less)}"] * bool(less)
    found += [f"more {f'than {baseline} ' * (not less)}under {', '.join(more)}"] * bool(more)
    if found:
        yield f"{model} loses {', and '.join(found)} (p ≤ {LEVEL:g} after Holm's correction)."
    elif tested:
        yield f"No single change separates them (p > {LEVEL:g} after Holm's correction)."


def _failing(values: Values, model: str) -> Iterator[str]:
    """Under which changes each block of a model fails, at the highest severity."""
    highest = severities(values)[-1]
    for block in values["unchanged"][model]["blocks"]:
        alone = {
            change: by_severity[highest][model]["blocks"][block].get("loss_alone")
            for change, by_severity in values["changed"].items()
        }
        known = {change: each["value"] or 0 for change, each in alone.items() if each}
        worst = sorted(known, key=lambda change: -known[change])[:NAMED]
        if worst:
            listed = ", ".join(f"{change} ({number(known[change])})" for change in worst)
            yield (
                f"If {block} alone sees changed images of severity {highest}, {model} loses most"
                f" under {listed}."
            )


def _of_all(row: dict[str, Any], models: list[str]) -> str:
    first = number(row["losses"][models[-1]]["value"])
    return first if len(models) == 1 else f"{first}; {models[0]} {_number_of(row, models[0])}"


def _number_of(row: dict[str, Any], model: str) -> str:
    return number(row["losses"][model]["value"])


def _loss(row: dict[str, Any], model: str) -> float:
    value = row["losses"][model]["value"]
    return float("-inf") if value is None else float(value)


def _plain(values: Values) -> str:
    (model,) = values["models"]
    return figure(values["unchanged"][model]["figures"]["macro_auc"])
