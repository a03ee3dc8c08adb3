"""Figures as people read them, and the phrases that reports, cards and screens share."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from datasets.images import NOBODY_KNOWN
from datasets.studies import plural
from evaluation.outcomes import EQUIVALENT
from models.views import DEEP, METADATA, PIXELS, WORDS
from reports.report_figures import (
    Comparison,
    Evaluated,
    Interval,
    LabelDifference,
    LabelFigures,
    ModelFigures,
    ReferenceBaselines,
)
from reports.report_tree import Backbone, Report

NONE = "–"
MILLION = 1_000_000
DIGITS = 3
NO_INTERVAL = "[no interval]"
NOT_DECIDED = "not decided"
KINDS = {
    WORDS: "visual words",
    DEEP: "embeddings of the network",
    PIXELS: "features of the network",
    METADATA: "age, sex and view",
}
METADATA_ONLY = "metadata-only baseline (age, sex and view)"

# Names of figures, each with the reason why it has no interval, if it has none.
Missing = Iterator[tuple[str, str | None]]


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters, with an ellipsis in place of the rest."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def number(value: float | None, digits: int = DIGITS) -> str:
    """A figure with a true minus sign, or a dash where there is none."""
    if value is None:
        return NONE
    # Rounding first, so that no figure reads −0.000.
    return f"{round(value, digits) + 0:.{digits}f}".replace("-", "−")


def threshold(label: LabelFigures, digits: int = DIGITS) -> str:
    """A label's threshold, of several the lowest and the highest; or that it is not decided.

    Exclusive classes have none.
    """
    if label.threshold is None:
        return NONE if label.is_decided else NOT_DECIDED
    ends = label.threshold_range or [label.threshold]
    return " to ".join(number(end, digits) for end in ends)


def with_interval(value: float | None, interval: Interval, digits: int = DIGITS) -> str:
    """`0.838 [0.832, 0.844]`, or `0.838 [no interval]`."""
    if value is None or interval is None:
        return number(value, digits) + (f" {NO_INTERVAL}" if value is not None else "")
    low, high = (number(end, digits) for end in interval)
    return f"{number(value, digits)} [{low}, {high}]"


def figure(estimate: Mapping[str, Any]) -> str:
    """The same of an estimate with its `value` and `ci`."""
    return with_interval(estimate["value"], estimate["ci"])


def reasons(figures: Iterable[tuple[str, str | None]]) -> list[str]:
    """`no interval or test for Edema, Hernia: …`, a line for each reason, of names and reasons."""
    named: dict[str, dict[str, None]] = {}
    for name, why in figures:
        if why:
            named.setdefault(why, {})[name] = None
    return [f"no interval or test for {', '.join(names)}: {why}" for why, names in named.items()]


def missing(evaluated: Evaluated) -> Missing:
    """Names of all figures and the reasons why they have no interval."""
    for figures in evaluated.models.values():
        yield "macro AUC", figures.macro_auc_ci_missing
        yield "micro AUC", figures.micro_auc_ci_missing
        yield from missing_aucs(figures.labels)
    for each in evaluated.comparisons:
        yield f"{each.name} (macro AUC)", each.macro_ci_missing
        yield f"{each.name} (micro AUC)", each.micro_ci_missing


def missing_aucs(labels: Mapping[str, LabelFigures]) -> Missing:
    """Labels that have an AUC, and why it has no interval."""
    return ((name, one.auc_ci_missing) for name, one in labels.items() if one.auc is not None)


def missing_differences(labels: Mapping[str, LabelDifference]) -> Missing:
    """Labels that have a difference in AUC, and why it has no interval."""
    return ((name, one.ci_missing) for name, one in labels.items() if one.delta is not None)


def no_place(extractor: str) -> str:
    """Why the features of an extractor have no heatmap."""
    return f"No heatmap: {extractor} describes the image as a whole"


def weightless(kind: str) -> str:
    """`visual words have weight 0 in this model`."""
    return f"{KINDS.get(kind, kind)} {'have' if kind in KINDS else 'has'} weight 0 in this model"


def reference_baselines(report: Report) -> list[tuple[str, str, str]]:
    """Name, macro and micro AUC of the models that see no image, as rows below the others."""
    baselines = report.reference_baselines
    micro_auc = number(baselines.prevalence_micro_auc, 4)
    rows = [(prevalence_only(baselines), number(0.5, 4), micro_auc)]
    if metadata := baselines.metadata:
        macro = with_interval(metadata.macro_auc, metadata.macro_auc_ci, 4)
        micro = with_interval(metadata.micro_auc, metadata.micro_auc_ci, 4)
        rows.append((METADATA_ONLY, macro, micro))
    return rows


def by_seed(report: Report) -> list[tuple[str, ...]]:
    """A header, then each model's macro AUC by seed with the spread; [] for one seed or none."""
    trained = {name: one.training for name, one in report.models.items() if one.training}
    aucs = {name: training.macro_auc_by_seed for name, training in trained.items()}
    n_seeds = max(map(len, aucs.values()), default=0)
    if n_seeds < 2:
        return []
    first = report.provenance.seed
    header = ("model", *(f"seed {first + place}" for place in range(n_seeds)), "highest − lowest")
    rows = [
        (name, *(number(value, 4) for value in values), number(max(values) - min(values), 4))
        for name, values in aucs.items()
    ]
    return [header, *rows]


def prevalence_only(baselines: ReferenceBaselines) -> str:
    """The name of the prevalence-only baseline, with the images that define prevalence."""
    return f"prevalence-only baseline (prevalences of {baselines.prevalences_of})"


def network(used: Backbone) -> str:
    """A network of a report in a few words."""
    digest = f" (SHA-256 {used.digest})" if used.digest else ""
    return f"{used.name}, weights {used.weights}{digest}"


def p_value(value: float | None, least: bool = False) -> str:
    """A p value as it is usually printed; `≤ 0.002` if it is the least that replicates allow."""
    if value is None:
        return NONE
    return "< 0.001" if value < 0.001 else f"{'≤ ' if least else ''}{value:.3f}"


def macro_p(comparison: Comparison) -> str:
    """The p of a difference in macro AUC."""
    return p_value(comparison.macro_p, _is_least(comparison, comparison.macro_p))


def macro_p_holm(comparison: Comparison) -> str:
    """The p of a difference in macro AUC, corrected for other comparisons; a dash if it is not."""
    corrected = comparison.correction.p_holm if comparison.correction else None
    return p_value(corrected, _is_least(comparison, comparison.macro_p))


def micro_p(comparison: Comparison) -> str:
    """The p of a difference in micro AUC."""
    return p_value(comparison.micro_p, _is_least(comparison, comparison.micro_p))


def metric_p(comparison: Comparison, p: float | None) -> str:
    """The p of a difference in a metric."""
    return p_value(p, _is_least(comparison, p))


def _is_least(comparison: Comparison, p: float | None) -> bool:
    """Whether every replicate lies on the same side of 0, so that p could not be smaller."""
    return p is not None and p <= comparison.outcome.p_resolution


def margin(comparison: Comparison) -> str:
    """`±0.01`."""
    return f"±{comparison.outcome.margin:g}"


def short_answer(comparison: Comparison) -> str:
    """`raises`, `raises, within ±0.01`, `equivalent within ±0.01` or `inconclusive`."""
    answer, within = comparison.answer, f"within {margin(comparison)}"
    if answer == EQUIVALENT:
        return f"{answer} {within}"
    return f"{answer}, {within}" if comparison.outcome.within_margin else answer


def patients_needed(comparison: Comparison) -> str:
    """`about 3,500`, since it is no more exact than two digits; a dash if it is not known."""
    needed = comparison.outcome.patients_needed
    if needed is None:
        return NONE
    return "over a million" if needed > MILLION else f"about {float(f'{needed:.2g}'):,.0f}"


def subject_matter(report: Report) -> str:
    """`22,433 images of 6,187 patients, 14 labels`, and how many of them the macro AUC covers."""
    data, n_labels = report.data, len(report.labels)
    images = images_of(data.images, data.patients, data.patients_from, data.unit)
    n_counted = next(iter(report.models.values())).labels_in_macro
    over = "" if n_counted == n_labels else f", macro AUC over the {n_counted} with both classes"
    return f"{images}, {n_labels} label{'s' * (n_labels != 1)}{over}"


def labels_counted(figures: ModelFigures, n_labels: int) -> str:
    """How many labels the macro AUC covers: `14 labels`, or `5 of 14 labels`."""
    n_counted = figures.labels_in_macro
    counted = f"{n_counted} of " * (n_counted != n_labels)
    return f"{counted}{n_labels} label{'s' * (n_labels != 1)}"


def images_of(n_images: int, n_patients: int, patients_from: str, unit: str | None = None) -> str:
    """`22,433 images of 6,187 patients`, or that the patients are not known; or studies."""
    known = patients_from != NOBODY_KNOWN
    patients = f"of {n_patients:,} patients" if known else "(patients not known)"
    return f"{n_images:,} {plural(unit)} {patients}"


def capital(text: str) -> str:
    """The text with a capital letter, other letters as they are: `macro AUC` as `Macro AUC`."""
    return text[:1].upper() + text[1:]
