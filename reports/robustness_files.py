"""What `robustness` writes: a page, the figures as JSON and as tables, and plots."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import storage
from escapes import as_json
from reports import robustness_curves, robustness_page, robustness_text
from reports.plots import change_curves, change_examples, panels, plotting
from reports.plots.plotting import Paper

PAGE, JSON = "robustness.html", "robustness.json"
FIGURES, LOSSES = "robustness.csv", "losses.csv"
LOSS_TITLE = "loss of macro AUC, mean over severities, 95 % interval by patient"


def write(
    values: dict[str, Any], planes: Mapping[str, Sequence[np.ndarray]], out: Path, paper: Paper
) -> None:
    """Write all files; `planes` are an image by change, unchanged and at each severity."""
    storage.write_text(out / JSON, as_json(values, indent=1, allow_nan=False))
    storage.write_table(out / FIGURES, pd.DataFrame(figures(values)))
    storage.write_table(out / LOSSES, pd.DataFrame(losses(values)))
    curves = {}
    for figure, caption in robustness_page.CURVES.items():
        drawn = change_curves.curves(values, figure, _axis(caption))
        plotting.write(drawn, out, f"curves_{figure}", paper)
        curves[figure] = plotting.inline(drawn, f"curves-{figure}", caption)
    drawn = _losses(values, paper.width)
    plotting.write(drawn, out, "losses", paper)
    picture = plotting.inline(drawn, "losses", f"{LOSS_TITLE}; the table gives every figure")
    examples = panels.webp(panels.rendered(_examples(values, planes)))
    storage.write_text(out / PAGE, robustness_page.page(values, curves, picture, examples))


def figures(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each model, change, severity and figure, with that of each label and block."""
    conditions = [("unchanged", "0", values["unchanged"])]
    for change, severities in values["changed"].items():
        conditions += [(change, severity, models) for severity, models in severities.items()]
    for change, severity, models in conditions:
        for model, each in models.items():
            start = {"model": model, "change": change, "severity": int(severity)}
            for name, estimate in _estimates(each):
                low, high = estimate["ci"] or (None, None)
                yield start | name | {"value": estimate["value"], "low": low, "high": high}


def losses(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each change and figure: losses of the models, and how they differ."""
    for change, row in values["summary"].items():
        named = {f"loss of {model}": each for model, each in row["losses"].items()}
        named |= {key: row[key] for key in ("difference", "corruption_error") if key in row}
        for figure, estimate in named.items():
            low, high = estimate["ci"] or (None, None)
            yield {
                **{"change": change, "figure": figure, "value": estimate["value"]},
                **{"low": low, "high": high},
                **{"p": estimate.get("p"), "p_holm": estimate.get("p_holm")},
            }


def _estimates(figures_of: dict[str, Any]) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """Every estimate of a model in a condition, and what it is of."""
    for figure, estimate in figures_of["figures"].items():
        yield {"figure": figure, "of": ""}, estimate
    for label, estimate in figures_of["labels"].items():
        yield {"figure": "auc", "of": label}, estimate
    for block, each in figures_of["blocks"].items():
        yield {"figure": "attribution_share", "of": block}, {"value": each["share"], "ci": None}
        if "loss_alone" in each:
            yield {"figure": "loss_alone", "of": block}, each["loss_alone"]


def _axis(caption: str) -> str:
    """The name of the axis that a caption begins with."""
    name = caption.partition(" by severity")[0]
    return name[0].lower() + name[1:]


def _losses(values: dict[str, Any], width: float) -> Any:
    rows = {
        model: {
            change: (row["losses"][model]["value"], row["losses"][model]["ci"])
            for change, row in values["summary"].items()
        }
        for model in values["models"]
    }
    return robustness_curves.by_change(rows, LOSS_TITLE, width)


def _examples(values: dict[str, Any], planes: Mapping[str, Sequence[np.ndarray]]) -> Any:
    amounts = {
        name: [robustness_page.amount_of(value) for value in each["amounts"].values()]
        for name, each in values["changes"].items()
    }
    synthetic = " (synthetic)" if values["synthetic"] else ""
    title = f"{values['data']}{synthetic}: one image at severities 0,"
    title += f" {', '.join(robustness_text.severities(values))}"
    return change_examples.sheet(planes, amounts, title)
