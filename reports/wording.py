"""A verdict in words: the answer in one sentence, figures as people read them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from datasets.images import NOBODY_KNOWN
from evaluation.comparison import LEVEL
from inference.label_decisions import Decision
from models.classifier import Classifier
from models.views import DEEP, METADATA, PIXELS, WORDS

Report = dict[str, Any]
NONE = "–"
DIGITS = 3
NO_INTERVAL = "[no interval]"
TABLE = {1.0: "; label table: present", 0.0: "; label table: absent"}
NOT_DECIDED = "not decided"
KINDS = {
    WORDS: "visual words",
    DEEP: "embeddings of the network",
    PIXELS: "features of the network",
    METADATA: "age, sex and view",
}


def answers(report: Report) -> list[str]:
    """What was asked, answered: a sentence for each group of comparisons, or for each model."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in report["comparisons"]:
        groups.setdefault(each.get("setting", ""), []).append(each)
    told = [together(setting, group) for setting, group in groups.items()]
    told = told or [_level(name, report) for name in report["models"]]
    where = "On synthetic films: " if report["synthetic"] else ""
    return [f"{where if place == 0 else ''}{each}." for place, each in enumerate(told)]


def together(setting: str, comparisons: Sequence[dict[str, Any]]) -> str:
    """`Adding A to deep vectors, dual_input raised macro AUC over cnn by 0.019 [0.012, 0.025]; …`.

    One comparison without a setting reads `Using A in place of B raised …`; of several the
    greatest difference comes first. Where no claim can be made, the reason follows.
    """
    first, *others = sorted(comparisons, key=lambda each: -(each["delta_macro_auc"] or 0))
    baseline = first["baseline"]
    unclaimed = _unclaimed([(each["model"], each.get("ci_missing")) for each in comparisons])
    if not (setting or others):
        told = f"Using {first['model']} in place of {baseline} {change(first, 'macro AUC')}"
        return f"{told}{unclaimed}"
    each_told = [f"{first['model']} {change(first, f'macro AUC over {baseline}')}"]
    each_told += [f"{each['model']} {change(each, 'it')}" for each in others]
    return f"{f'{setting}, ' if setting else ''}{'; '.join(each_told)}{unclaimed}"


def change(comparison: dict[str, Any], what: str) -> str:
    """`raised macro AUC by 0.019 [0.012, 0.025]`, or that nothing shows that it did."""
    delta, interval = comparison["delta_macro_auc"], comparison["ci"]
    if interval is None:
        return f"changed {what} by {number(delta)}"
    if interval[0] <= 0 <= interval[1]:
        told = f"changed {what} by {with_interval(delta, interval)}"
        return told if comparison.get("control") else f"{told}: no evidence that it helps"
    # Rounded, since 0.05 is reached by multiplying.
    if round(comparison.get("p_holm") or 0, 9) > LEVEL:
        told = f"changed {what} by {with_interval(delta, interval)}"
        if needed := comparison.get("replicates_needed"):
            return (
                f"{told}: no claim, since the replicates are too few to correct for the number of"
                f" models; at least {needed:,} are needed (--replicates {needed})"
            )
        return f"{told}: no evidence once corrected for the number of models"
    verb = "raised" if interval[0] > 0 else "lowered"
    ends = sorted(abs(end) for end in interval)
    digits = DIGITS if ends[0] >= 0.5 * 10**-DIGITS else 2 * DIGITS
    return f"{verb} {what} by {with_interval(abs(delta), ends, digits)}"


def number(value: float | None, digits: int = DIGITS) -> str:
    """A figure with a true minus sign, or a dash where there is none."""
    if value is None:
        return NONE
    # Rounding first, so that no figure reads −0.000.
    return f"{round(value, digits) + 0:.{digits}f}".replace("-", "−")


def threshold(label: Mapping[str, Any], digits: int = DIGITS) -> str:
    """A label's threshold, of several the lowest and the highest; or that it is not decided."""
    if label["threshold"] is None:
        return NOT_DECIDED
    ends = label.get("threshold_range") or [label["threshold"]]
    return " to ".join(number(end, digits) for end in ends)


def with_interval(
    value: float | None, interval: Sequence[float] | None, digits: int = DIGITS
) -> str:
    """`0.838 [0.832, 0.844]`, or `0.838 [no interval]`."""
    if value is None or interval is None:
        return number(value, digits) + (f" {NO_INTERVAL}" if value is not None else "")
    low, high = (number(end, digits) for end in interval)
    return f"{number(value, digits)} [{low}, {high}]"


def reasons(figures: Iterable[tuple[str, str | None]]) -> list[str]:
    """`no interval or test for Edema, Hernia: …`, a line for each reason, of names and reasons."""
    named: dict[str, dict[str, None]] = {}
    for name, why in figures:
        if why:
            named.setdefault(why, {})[name] = None
    return [f"no interval or test for {', '.join(names)}: {why}" for why, names in named.items()]


def missing(report: Report) -> Iterator[tuple[str, str | None]]:
    """Names of the figures above, and why they have no interval; where there is a figure."""
    for figures in report["models"].values():
        yield "macro AUC", figures["macro_auc_ci_missing"]
        yield "micro AUC", figures["micro_auc_ci_missing"]
        yield from missing_of(figures["labels"], "auc", "auc_ci")
    for each in report["comparisons"]:
        pair = f"{each['model']} − {each['baseline']}"
        yield f"{pair} (macro AUC)", each["ci_missing"]
        yield f"{pair} (micro AUC)", each["micro_ci_missing"]


def missing_of(
    labels: Mapping[str, Mapping[str, Any]], figure: str, interval: str
) -> Iterator[tuple[str, str | None]]:
    """Labels that have the figure, and why it has no interval."""
    for name, each in labels.items():
        if each[figure] is not None:
            yield name, each[f"{interval}_missing"]


def of_members(classifier: Classifier) -> list[str]:
    """The shares of a fitted classifier's members, and what has weight 0; [] without members."""
    shares = classifier.member_shares
    if not shares:
        return []
    told = ", ".join(f"{name} {share:.2f}" for name, share in shares.items())
    return [f"shares of members: {told}", *map(weightless, classifier.weightless)]


def weightless(kind: str) -> str:
    """`visual words have weight 0 in this model`."""
    return f"{KINDS[kind]} have weight 0 in this model"


def floors(report: Report) -> list[tuple[str, str, str]]:
    """Name, macro and micro AUC of what looks at no film, as they stand below the models."""
    told = report["floors"]
    rows = [(f"floor: {no_skill(told)}", number(0.5, 4), number(told["micro_no_skill"], 4))]
    if metadata := told["metadata"]:
        macro = with_interval(metadata["macro_auc"], metadata["macro_auc_ci"], 4)
        micro = with_interval(metadata["micro_auc"], metadata["micro_auc_ci"], 4)
        rows.append(("floor: age, sex and view alone", macro, micro))
    return rows


def by_seed(report: Report) -> list[tuple[str, ...]]:
    """A header, and for each model its macro AUC by seed and how far apart these are; or nothing.

    One seed has no spread, and `score` knows of none.
    """
    first = report["seed"]
    told = {name: each.get("macro_auc_by_seed", ()) for name, each in report["models"].items()}
    n_seeds = max(map(len, told.values()))
    if n_seeds < 2:
        return []
    header = ("model", *(f"seed {first + place}" for place in range(n_seeds)), "highest − lowest")
    rows = [
        (name, *(number(value, 4) for value in values), number(max(values) - min(values), 4))
        for name, values in told.items()
    ]
    return [header, *rows]


def shares(report: Report) -> list[tuple[str, str, str]]:
    """Model, member and share of each member; of several trainings the lowest and the highest."""
    return [
        (name, member, " to ".join(dict.fromkeys(f"{end:.2f}" for end in (min(each), max(each)))))
        for name, figures in report["models"].items()
        for member, each in figures.get("member_shares", {}).items()
    ]


def no_skill(told: Report) -> str:
    """What the floor of micro AUC is called: it depends on whose prevalences are given."""
    return f"no skill, prevalences of {told['prevalences_of']}"


def network(used: Mapping[str, Any]) -> str:
    """A network of a report in a few words."""
    digest = f" (SHA-256 {used['digest']})" if used["digest"] else ""
    return f"{used['name']}, weights {used['weights']}{digest}"


def outcome(decision: Decision) -> str:
    """Probability, threshold, what is called, and what the label table says."""
    told = f"Calibrated probability {number(decision.probability)}"
    known = "" if decision.truth is None else TABLE[decision.truth]
    if decision.threshold is None:
        return f"{told}: not decided, no validation image sets a threshold{known}"
    called = "called present" if decision.present else "not called present"
    return f"{told}, threshold {number(decision.threshold)}: {called}{known}"


def p_value(value: float | None) -> str:
    """A p value as it is usually printed."""
    return NONE if value is None else "< 0.001" if value < 0.001 else f"{value:.3f}"


def subject_matter(report: Report) -> str:
    """`22,433 films of 6,187 patients, 14 labels`, and over how many of them the macro AUC is."""
    data, n_labels = report["data"], len(report["labels"])
    images = images_of(data["films"], data["patients"], data)
    n_counted = next(iter(report["models"].values()))["labels_in_macro"]
    over = "" if n_counted == n_labels else f", macro AUC over the {n_counted} with both classes"
    return f"{images}, {n_labels} labels{over}"


def labels_counted(figures: Report, n_labels: int) -> str:
    """How many labels the macro AUC is over: `14 labels`, or `5 of 14 labels`."""
    n_counted = figures["labels_in_macro"]
    return f"{n_counted} labels" if n_counted == n_labels else f"{n_counted} of {n_labels} labels"


def images_of(n_images: int, n_patients: int, data: Mapping[str, Any]) -> str:
    """`22,433 films of 6,187 patients`, or that these are not known."""
    known = data["patients_from"] != NOBODY_KNOWN
    return (
        f"{n_images:,} films {f'of {n_patients:,} patients' if known else '(patients not known)'}"
    )


def _unclaimed(figures: Sequence[tuple[str, str | None]]) -> str:
    """`. No interval or test: …`, for which models if not for all; nothing where all have one."""
    causes = {why for _, why in figures}
    if len(causes) == 1:
        return "".join(f". No interval or test: {why}" for why in causes if why)
    return "".join(f". N{line[1:]}" for line in reasons(figures))


def _level(name: str, report: Report) -> str:
    figures = report["models"][name]
    ci, why = figures["macro_auc_ci"], figures["macro_auc_ci_missing"]
    level = with_interval(figures["macro_auc"], ci) if ci else number(figures["macro_auc"])
    over = labels_counted(figures, len(report["labels"]))
    return f"{name} reaches a macro AUC of {level} over {over}{_unclaimed([(name, why)])}"
