"""Whether figures travel: what models lose on images of another hospital, and what of a gain stays.

Two data sets have no patient in common, so both are resampled, each on its own: an interval of a
difference between them comes from pairs of independent replicates.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from arrays import plain
from evaluation import bootstrap, certainty, equivalence
from evaluation.auc import label_aucs, macro
from evaluation.bootstrap import Replicates, Workers
from evaluation.certainty import Missing
from evaluation.comparison import LEVEL, corrected, difference
from evaluation.outcomes import DIGITS, EQUIVALENT, INCONCLUSIVE, RAISES, Terms, claim, compared
from evaluation.scores import Scores
from evaluation.site_scores import SiteScores
from evaluation.truth import Truth

# What becomes of an AUC, or of a gain, in the other hospital.
FALLS, RISES = AUCS = ("falls", "rises")
SHRINKS, GROWS = GAINS = ("shrinks", "grows")
# Equal seeds would draw similar patients in both hospitals.
OTHER_SEED = 1 << 32


class Side(NamedTuple):
    """Models in one hospital, with replicates of their AUCs by name."""

    truth: Truth
    scores: Mapping[str, Scores]
    resampled: Mapping[str, Replicates]
    missing: Missing


def labels_compared(inside: Truth, outside: Truth) -> list[str]:
    """The labels that have positive and negative images in both hospitals."""
    return [
        name
        for name in outside.label_names
        if name in inside.label_names and _has_both(inside, name) and _has_both(outside, name)
    ]


def travelled(
    inside: Truth,
    scores: Sequence[Scores],
    site: SiteScores,
    pairs: Sequence[tuple[str, str]],
    terms: Terms,
    *,
    n_replicates: int = bootstrap.N_REPLICATES,
    seed: int = 0,
    workers: Workers = bootstrap.ALONE,
) -> dict[str, Any]:
    """`drop` of each model's AUC, and `gain_difference` of each pair (model, baseline).

    Both are over `labels_compared`, and both are inside less outside: above 0, the AUC falls and
    the gain shrinks. `inside` and `scores` are of the test images of the training set.
    """
    labels = labels_compared(inside, site.truth)
    if not labels:
        return {"labels_compared": [], "drop": {}, "gain_difference": []}
    models = {one.model: one for one in scores}
    drawn: dict[str, Any] = {"n_replicates": n_replicates, "workers": workers}
    here = _side(inside, models, labels, drawn | {"seed": seed})
    others = {name: site.scores[name] for name in models}
    there = _side(site.truth, others, labels, drawn | {"seed": seed + OTHER_SEED})
    why = _missing(here.missing, there.missing, site.name)
    return {
        "labels_compared": labels,
        "drop": {
            name: _drop(here, there, name, why, terms.margin)
            | {"outside_of_one_fold": _of_one_fold(site, name, there)}
            | {"control": name in terms.controls}
            for name in models
        },
        "gain_difference": _gains(here, there, pairs, why, terms) if pairs else [],
    }


def _has_both(truth: Truth, name: str) -> bool:
    column = truth.labels[:, truth.label_names.index(name)]
    return bool((column == 1).any() and (column == 0).any())


def _side(
    truth: Truth, scores: Mapping[str, Scores], labels: Sequence[str], drawn: Mapping[str, Any]
) -> Side:
    truth = truth.over(truth.ids, labels)
    scores = {name: one.over(truth.ids, labels) for name, one in scores.items()}
    resampled = {
        name: bootstrap.replicates(truth.labels, one.probabilities, truth.owners, **drawn)
        for name, one in scores.items()
    }
    return Side(truth, scores, resampled, certainty.missing(truth.labels, truth.owners))


def _missing(inside: Missing, outside: Missing, site: str) -> Missing:
    """Why differences between the hospitals have no interval, with the hospital it is due to."""
    labels = tuple(
        f"test images: {here}" if here else f"{site}: {there}" if there else None
        for here, there in zip(inside.labels, outside.labels, strict=True)
    )
    overall = certainty.of_any(labels)
    return Missing(labels, overall, overall)


def _drop(here: Side, there: Side, model: str, why: Missing, margin: float) -> dict[str, Any]:
    """Macro AUC in both hospitals and what it loses, overall and for each label."""
    ours, theirs = here.resampled[model], there.resampled[model]
    inside, outside = ours.whole[:-1], theirs.whole[:-1]
    columns = zip(inside, outside, ours.labels.T, theirs.labels.T, why.labels, strict=True)
    by_label = [_lost(*each) for each in columns]
    overall = _lost(macro(inside), macro(outside), ours.macro, theirs.macro, why.macro)
    return (
        _estimates("inside", ours.macro, here.missing.macro)
        | _estimates("outside", theirs.macro, there.missing.macro)
        | overall
        | _settled(overall, ours.macro - theirs.macro, margin, AUCS)
        | {"labels": dict(zip(here.truth.label_names, by_label, strict=True))}
    )


def _estimates(name: str, resampled: np.ndarray, why: str | None) -> dict[str, Any]:
    return {f"{name}_ci": certainty.estimated(resampled, why)[0]}


def _lost(
    inside: Any, outside: Any, ours: np.ndarray, theirs: np.ndarray, why: str | None
) -> dict[str, Any]:
    """A figure in both hospitals and what it loses, with interval and p."""
    found = difference(ours, theirs, why)
    return {
        "inside": plain(inside),
        "outside": plain(outside),
        "drop": plain(inside - outside),
        "ci": found.ci,
        "p": found.p,
        "ci_missing": found.missing,
    }


def _of_one_fold(site: SiteScores, model: str, there: Side) -> float | None:
    """The mean macro AUC outside of the models of one fold each; None where there are no folds.

    An image inside is predicted by the models of one fold, an image outside by those of all.
    """
    by_fold = site.by_training[model].mean(axis=1)
    if len(by_fold) == 1:
        return None
    columns = [site.truth.label_names.index(name) for name in there.truth.label_names]
    aucs = [macro(label_aucs(there.truth.labels, each[:, columns])) for each in by_fold]
    return float(np.mean(aucs))


def _gains(
    here: Side, there: Side, pairs: Sequence[tuple[str, str]], why: Missing, terms: Terms
) -> list[dict[str, Any]]:
    """Each pair compared in both hospitals, and the gain inside less that outside."""
    both = [
        compared(each.truth, each.scores, each.resampled, each.missing, pairs, terms)
        for each in (here, there)
    ]
    found, resampled = [], []
    for inside, outside in zip(*both, strict=True):
        model, baseline = inside["model"], inside["baseline"]
        # Drops, whose difference is that of the gains, vary where equal models have no gain.
        ours, theirs = (
            here.resampled[name].macro - there.resampled[name].macro for name in (model, baseline)
        )
        one = {"model": model, "baseline": baseline}
        one |= {"inside": _gain(inside), "outside": _gain(outside)}
        lost = _lost(_delta(inside), _delta(outside), ours, theirs, why.macro)
        one |= {"gain_difference": lost["drop"]}
        one |= {key: lost[key] for key in ("ci", "p", "ci_missing")}
        found.append(one)
        resampled.append(ours - theirs)
    corrected([each for each in found if each["model"] not in terms.controls], len(resampled[0]))
    return [
        each | _settled(each, differences, terms.margin, GAINS)
        for each, differences in zip(found, resampled, strict=True)
    ]


def _delta(comparison: Mapping[str, Any]) -> np.floating:
    delta = comparison["delta_macro_auc"]
    return np.float64(np.nan if delta is None else delta)


def _gain(comparison: Mapping[str, Any]) -> dict[str, Any]:
    """A gain in one hospital, with its answer."""
    kept = ("delta_macro_auc", "ci", "p", "ci_missing", "p_holm", "answer", "margin")
    return {key: comparison.get(key) for key in kept}


def _settled(
    found: Mapping[str, Any], differences: np.ndarray, margin: float, words: tuple[str, str]
) -> dict[str, Any]:
    """The answer that an interval and the margin of equivalence allow."""
    claimed = claim(found)
    p = equivalence.p_value(differences, margin) if found["ci"] is not None else None
    within = p is not None and round(p, DIGITS) <= LEVEL
    answer = words[claimed != RAISES] if claimed else EQUIVALENT if within else INCONCLUSIVE
    return {"answer": answer, "margin": margin, "equivalence_p": p}
