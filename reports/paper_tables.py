"""Tables for papers: models, comparisons, labels, differences by label; as CSV and as LaTeX."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

import storage
from datasets.patients import unit
from datasets.sources import folder
from reports import answer_tables, external_tables, latex, metric_tables
from reports.json_trees import as_json
from reports.latex import Row
from reports.report_figures import (
    Comparison,
    LabelDifference,
    LabelFigures,
    ModelFigures,
    ReferenceBaselines,
)
from reports.report_tree import Report
from reports.wording import (
    METADATA_ONLY,
    macro_p,
    macro_p_holm,
    missing,
    missing_differences,
    number,
    p_value,
    prevalence_only,
    reasons,
    short_answer,
    subject_matter,
    with_interval,
)

T = TypeVar("T")
# Keys of report.json with a lower and an upper end.
ENDS = ("low", "high")
INTERVALS = {"ci", "micro_ci", "macro_auc_ci", "micro_auc_ci", "auc_ci", "auc_ci_delong"}
INTERVALS |= {"threshold_range", "equivalence_ci", "inside_ci", "outside_ci"}
CI = "[95 % CI]"
CHANCE = 0.5
# Models, or pairs of them, that fit side by side on a page.
AUCS_ACROSS, DIFFERENCES_ACROSS, PAIRS_ACROSS = 3, 2, 4


def write(report: Report, out: Path) -> Path:
    """Each table that has rows as NAME.csv with all digits and NAME.tex as printed, in a folder."""
    made, texts = folder(out), printed(report)
    for name, rows in values(report).items():
        if rows:
            storage.write_table(made / f"{name}.csv", pd.DataFrame(rows))
            storage.write_text(made / f"{name}.tex", texts[name])
    return made


def values(report: Report) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table with the keys of report.json; an interval has two columns."""
    models, compared = report.models.items(), report.pairs
    external = external_tables.values(report)
    return {
        "models": [*(_model(name, figures) for name, figures in models), *_baselines(report)],
        "labels": [
            {"model": name, "label": label} | _flat(as_json(each))
            for name, figures in models
            for label, each in figures.labels.items()
        ],
        "comparisons": [_flat(as_json(each)) for each in compared],
        "label_differences": [
            {"model": one.model, "baseline": one.baseline, "label": label} | _flat(as_json(each))
            for one in compared
            for label, each in one.labels.items()
        ],
        "pairs": [*_pairs(report)],
        "metrics": [*map(_flat, metric_tables.rows(report))],
        "metric_differences": [*map(_flat, metric_tables.difference_rows(compared))],
    } | {name: [*map(_flat, rows)] for name, rows in external.items()}


def printed(report: Report) -> dict[str, str]:
    """Each table in LaTeX; those by label without the controls, a few models side by side."""
    shown = report.without_controls()
    groups = _split([*shown.models.items()], AUCS_ACROSS)
    tables = {
        "models": [_models(report)],
        "labels": map(_labels, groups),
        "comparisons": [_comparisons(report)],
        "label_differences": map(_label_differences, _split(shown.comparisons, DIFFERENCES_ACROSS)),
        "pairs": _matrix(report),
        "metrics": [metric_tables.printed(shown, each) for each in groups],
        "metric_differences": map(metric_tables.printed_differences, shown.pairs),
    } | external_tables.printed(report)
    comments = [*_comments(report)]
    return {name: latex.document(comments, texts) for name, texts in tables.items()}


def _pairs(report: Report) -> Iterator[dict[str, Any]]:
    """A row for each model with its differences from all others; nothing for one baseline."""
    names = answer_tables.compared(report.pairs) if report.other_pairs else []
    deltas = {(each.model, each.baseline): each.delta_macro_auc for each in report.pairs}
    deltas |= {(other, one): None if it is None else -it for (one, other), it in deltas.items()}
    for name in names:
        yield {"model": name} | {f"minus {other}": deltas.get((name, other)) for other in names}


def _matrix(report: Report) -> Iterator[str]:
    """The differences between every two models, so many columns at a time as fit."""
    header, *rows = answer_tables.matrix(report)
    for columns in _split(range(1, len(header)), PAIRS_ACROSS):
        shown = [[row[place] for place in (0, *columns)] for row in (header, *rows)]
        yield latex.tabular(shown[0], [shown[1:]])


def _split(parts: Sequence[T], size: int) -> list[Sequence[T]]:
    """Parts in groups of at most a size."""
    return [parts[start : start + size] for start in range(0, len(parts), size)]


def _model(name: str, figures: ModelFigures) -> dict[str, Any]:
    return {"model": name} | _flat(as_json(figures)) | as_json(figures.calibration)


def _baselines(report: Report) -> Iterator[dict[str, Any]]:
    """The models that see no image."""
    baselines = report.reference_baselines
    micro = baselines.prevalence_micro_auc
    yield {"model": prevalence_only(baselines), "macro_auc": CHANCE, "micro_auc": micro}
    if baselines.metadata:
        yield {"model": METADATA_ONLY} | _flat(as_json(baselines.metadata))


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Values without lists and dicts; an interval as its two ends."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if key in INTERVALS:
            ends = value or (None, None)
            flat |= {f"{key}_{end}": each for end, each in zip(ENDS, ends, strict=True)}
        elif not isinstance(value, dict | list):
            flat[key] = value
    return flat


def _comments(report: Report) -> Iterator[str]:
    """What the figures are about, and why some have no interval, as comments of the file."""
    synthetic = "Synthetic images. " * report.synthetic
    yield f"{synthetic}{subject_matter(report)}. Split: {report.split.name}."
    yield f"Intervals and p values of macro and micro AUC: resampling {_units(report)}."
    yield "p of labels: DeLong's test. p (Holm): corrected over labels, or over models."
    yield f"Prevalence-only baseline: prevalences of {report.reference_baselines.prevalences_of}."
    yield from (f"N{line[1:]}." for line in reasons(missing(report.evaluated)))
    for each in report.comparisons:
        yield from (f"{each.name}: {line}." for line in reasons(missing_differences(each.labels)))


def _units(report: Report) -> str:
    return f"{unit(report.data.patients_from)}s"


def _models(report: Report) -> str:
    header = ("Model", f"Macro AUC {CI}", f"Micro AUC {CI}", "Brier score", "ECE")
    kinds: tuple[list[Row], list[Row]] = ([], [])
    for name, figures in report.models.items():
        kinds[figures.is_control].append(
            (
                name,
                with_interval(figures.macro_auc, figures.macro_auc_ci),
                with_interval(figures.micro_auc, figures.micro_auc_ci),
                number(figures.calibration.brier),
                number(figures.calibration.ece),
            )
        )
    return latex.tabular(header, [*kinds, _baseline_rows(report.reference_baselines)])


def _baseline_rows(baselines: ReferenceBaselines) -> list[Row]:
    prevalence = number(baselines.prevalence_micro_auc)
    rows: list[Row] = [("Prevalence-only baseline", number(CHANCE), prevalence, "", "")]
    if one := baselines.metadata:
        macro = with_interval(one.macro_auc, one.macro_auc_ci)
        micro = with_interval(one.micro_auc, one.micro_auc_ci)
        rows.append(("Metadata-only baseline", macro, micro, "", ""))
    return rows


def _comparisons(report: Report) -> str:
    header = ("Comparison", f"Δ macro AUC {CI}", "p", "p (Holm)", "Answer")
    controls = {name for name, figures in report.models.items() if figures.is_control}
    groups = (
        [
            (*_compared(each), short_answer(each))
            for each in report.pairs
            if (each.model in controls) == control
        ]
        for control in (False, True)
    )
    return latex.tabular(header, groups)


def _compared(each: Comparison) -> Row:
    return (
        each.name,
        with_interval(each.delta_macro_auc, each.macro_ci),
        macro_p(each),
        macro_p_holm(each),
    )


def _labels(models: Sequence[tuple[str, ModelFigures]]) -> str:
    """A row for each label, a column for each model, and the macro AUC at the end."""
    header = ("Label", "Positives", *(f"AUC {CI}" for _ in models))
    above = [("", 2), *((name, 1) for name, _ in models)]
    by_label = zip(*(figures.labels.items() for _, figures in models), strict=True)
    macro = (with_interval(figures.macro_auc, figures.macro_auc_ci) for _, figures in models)
    return latex.tabular(header, [map(_aucs, by_label), [("Macro AUC", "", *macro)]], above)


def _aucs(one: Sequence[tuple[str, LabelFigures]]) -> Row:
    name, first = one[0]
    aucs = (with_interval(each.auc, each.auc_ci) for _, each in one)
    return (name, f"{first.positives:,}", *aucs)


def _label_differences(compared: Sequence[Comparison]) -> str:
    """A row for each label, three columns for each pair of models."""
    header = ["Label", *(f"Δ AUC {CI}", "p", "p (Holm)") * len(compared)]
    above = [("", 1), *((each.name, 3) for each in compared)]
    by_label = zip(*(each.labels.items() for each in compared), strict=True)
    macro: Row = ["Macro AUC", *_cells(map(_compared, compared))]
    return latex.tabular(header, [map(_differences, by_label), [macro]], above)


def _differences(one: Sequence[tuple[str, LabelDifference]]) -> Row:
    rows = (
        (name, with_interval(each.delta, each.ci), p_value(each.p_delong), p_value(each.p_holm))
        for name, each in one
    )
    return [one[0][0], *_cells(rows)]


def _cells(rows: Iterable[Row]) -> Iterator[str]:
    """Difference, p and corrected p of each row."""
    return (cell for row in rows for cell in row[1:])
