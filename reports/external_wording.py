"""What a report says about external data sets in sentences, and in lines for a terminal."""

from collections.abc import Iterator, Sequence

from evaluation.outcomes import EQUIVALENT, INCONCLUSIVE, LOWERS, RAISES
from evaluation.travel import GAINS
from reports.external_figures import Drop, External, GainDifference, SideGain
from reports.report_figures import Comparison
from reports.report_tree import Report
from reports.wording import images_of, number, p_value, with_interval

DONE = {RAISES: "raised", LOWERS: "lowered"}
CHANGED = "changed"
SHRINKS, GROWS = GAINS
HEADS = ("macro AUC [95 %]", "drop or gain lost", "answer")
TITLES = {
    "inside": "test images",
    "outside": "outside",
    "intercept": "outside, new intercept",
    "intercept_and_slope": "outside, new intercept and slope",
}


def answers(report: Report, shown: Sequence[Comparison]) -> list[str]:
    """For each external data set a sentence on the best of the comparisons shown, and on its gain.

    Without a comparison, a sentence on what the first model loses.
    """
    best = max(shown, key=lambda each: each.delta_macro_auc or 0, default=None)
    return [
        sentence
        for name, site in (report.external or {}).items()
        for sentence in (_gain(name, site, best) if best else _loss(name, site))
    ]


def described(site: External) -> str:
    """`609 images of 361 patients; Pneumonia, No Finding from NORMAL`."""
    counted = images_of(site.images, site.patients, site.patients_from)
    named = [
        label if shared.made_of == [label] else f"{label} from {' or '.join(shared.made_of)}"
        for label, shared in site.findings.items()
    ]
    return f"{counted}; {', '.join(named)}"


def short_answer(found: Drop | GainDifference | SideGain) -> str:
    """The answer in a cell, with the margin where it decides."""
    within = f" within ±{found.margin:g}" * (found.answer == EQUIVALENT)
    return f"{found.answer}{within}"


def rows(site: External, controls: bool = False) -> list[tuple[str, ...]]:
    """Model, AUC inside and outside, drop, p and answer, of all models or the controls alone."""
    return [
        (
            name,
            with_interval(each.inside, each.inside_ci),
            with_interval(each.outside, each.outside_ci),
            with_interval(each.drop, each.ci),
            p_value(each.p),
            short_answer(each),
        )
        for name, each in site.drop.items()
        if each.control is controls
    ]


def short_rows(site: External) -> list[tuple[str, str, str, str]]:
    """Model, AUC outside, drop and answer; then pair, gain outside, what is lost and answer."""
    aucs = [(name, outside, drop, said) for name, _, outside, drop, _, said in rows(site)]
    gains = [(pair, outside, lost, said) for pair, _, outside, lost, _, _, said in gain_rows(site)]
    return [*aucs, *gains]


def gain_rows(site: External) -> list[tuple[str, ...]]:
    """Pair, gain inside and outside, their difference, p, corrected p and answer."""
    return [
        (
            each.name,
            with_interval(each.inside.delta_macro_auc, each.inside.ci),
            with_interval(each.outside.delta_macro_auc, each.outside.ci),
            with_interval(each.gain_difference, each.ci),
            p_value(each.p),
            p_value(each.correction.p_holm if each.correction else None),
            short_answer(each),
        )
        for each in site.gain_difference
        if each.correction
    ]


def over(site: External) -> str:
    """The findings compared, in a few words."""
    count = len(site.labels_compared)
    return f"{count} findings" if count > 1 else "".join(site.labels_compared)


def _gain(name: str, site: External, best: Comparison) -> Iterator[str]:
    pairs = {(each.model, each.baseline): each for each in site.gain_difference}
    found = pairs.get((best.model, best.baseline))
    if found is None:
        yield f"No finding has images with and without it both among the test images and in {name}."
        return
    first = (
        f"macro AUC over {best.baseline}"
        if len(site.labels_compared) > 1
        else (f"the AUC over {best.baseline}")
    )
    yield (
        f"Over {_shared(site)} shared with {name}, {best.model}"
        f" {_change(found.inside, first)} on the test images and"
        f" {_change(found.outside, 'it')} on {name}."
    )
    yield _kept(name, found)


def _shared(site: External) -> str:
    count = len(site.labels_compared)
    return f"the {count} findings" if count > 1 else f"{site.labels_compared[0]},"


def _change(gain: SideGain, what: str) -> str:
    """`raised macro AUC by 0.025 [0.006, 0.041]`, or `changed it by …` if that is not certain."""
    delta, ends = gain.delta_macro_auc, gain.ci
    if gain.answer in DONE and ends:
        value = with_interval(abs(delta or 0), sorted(map(abs, ends)))
        return f"{DONE[gain.answer]} {what} by {value}"
    why = f" ({short_answer(gain)})" * (ends is not None)
    return f"{CHANGED} {what} by {with_interval(delta, ends)}{why}"


def _kept(name: str, found: GainDifference) -> str:
    lost = with_interval(found.gain_difference, found.ci)
    if found.answer == SHRINKS:
        return f"The gain shrinks on {name} by {lost}."
    if found.answer == GROWS:
        ends = sorted(-end for end in found.ci or ())
        return f"The gain grows on {name} by {with_interval(-(found.gain_difference or 0), ends)}."
    if found.answer == EQUIVALENT:
        return f"The gain on {name} is the same within ±{found.margin:g}: it loses {lost}."
    why = found.ci_missing and f" ({found.ci_missing})"
    return f"It is {INCONCLUSIVE} whether the gain shrinks on {name}: it loses {lost}{why or ''}."


def _loss(name: str, site: External) -> Iterator[str]:
    for model, found in list(site.drop.items())[:1]:
        yield (
            f"Over {over(site)}, {model} has a macro AUC of"
            f" {with_interval(found.inside, found.inside_ci)} on the test images and of"
            f" {with_interval(found.outside, found.outside_ci)} on {name}, which is"
            f" {with_interval(found.drop, found.ci)} less ({short_answer(found)})."
        )
    if not site.drop:
        yield f"No finding has images with and without it both among the test images and in {name}."


def of_folds(site: External) -> list[str]:
    """How probabilities outside were made, and what the models of one fold alone reach."""
    if site.trainings == 1:
        return []
    made = f"A probability outside is the mean over all {site.trainings} trainings"
    single = [
        f"{name} {number(each.outside_of_one_fold)} instead of {number(each.outside)}"
        for name, each in site.drop.items()
        if each.outside_of_one_fold is not None and not each.control
    ]
    if not single:
        return [f"{made}."]
    return [
        f"{made}, of all folds, while a test image is predicted by the models of one fold. The mean"
        f" AUC outside of the models of one fold is: {', '.join(single)}."
    ]
