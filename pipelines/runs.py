"""`runs`: list past runs, newest first, or show two of them side by side."""

from collections.abc import Iterator
from typing import Any

from errors import DatasetNotFound, InvalidOption
from pipelines import Result, past_runs, run_comparison
from pipelines.command_options import Runs
from pipelines.past_runs import PastRun
from reports.columns import wrapped
from reports.wording import number, with_interval


def run(options: Runs) -> Result:
    """The runs as text and JSON."""
    match options.action:
        case [] | ["list"]:
            return _listed(options)
        case ["diff", first, second]:
            pair = (past_runs.named(name, options.folder) for name in (first, second))
            return run_comparison.compared(*pair)
    raise InvalidOption(
        f"runs takes nothing, or diff and two runs; got {' '.join(options.action)!r}. Type `runs`,"
        " or `runs diff compare/FIRST compare/SECOND`."
    )


def _listed(options: Runs) -> Result:
    """Every run with its date, data, split, models and headline."""
    if not options.folder.is_dir():
        raise DatasetNotFound(
            f"--folder must be a folder with runs; there is none at {options.folder}. Name another,"
            " or make a run by `compare`."
        )
    runs = sorted(past_runs.found(options.folder), key=lambda run: run.date, reverse=True)
    lines = [line for each in runs for line in _lines(each)]
    return Result(lines or [f"no runs in {options.folder}"], {"runs": [*map(_values, runs)]})


def _lines(run: PastRun) -> Iterator[str]:
    yield f"{run.date}  {run.name}"
    data, split = run.report["data"], run.report["split"]
    about = f"{data.get('source')}, {data.get('films', 0):,} images; split: {split.get('name')}"
    for text in (about, headline(run)):
        yield from wrapped(f"  {text}", "    ")


def headline(run: PastRun) -> str:
    """`macro AUC: cnn 0.781, dual_input 0.800 (+0.019 [−0.004, 0.040])`."""
    gains = {each["model"]: each for each in run.report.get("comparisons", [])}
    parts = []
    for name, figures in run.models.items():
        gain = gains.get(name)
        parts.append(f"{name} {number(figures.get('macro_auc'))}")
        if gain:
            delta = with_interval(gain["delta_macro_auc"], gain["ci"])
            parts[-1] += f" ({'' if delta.startswith(('−', '–')) else '+'}{delta})"
    return f"macro AUC: {', '.join(parts)}"


def _values(run: PastRun) -> dict[str, Any]:
    report = run.report
    return {
        "name": run.name,
        "folder": str(run.folder),
        "date": run.date,
        "data": report["data"].get("source"),
        "films": report["data"].get("films"),
        "split": report["split"].get("name"),
        "macro_auc": {name: one.get("macro_auc") for name, one in run.models.items()},
        "comparisons": [
            {key: each.get(key) for key in ("model", "baseline", "delta_macro_auc", "ci")}
            for each in report.get("comparisons", [])
            if not each.get("control")
        ],
    }
