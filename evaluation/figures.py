"""Models and their comparisons as the plain dict that report.json holds."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from arrays import plain
from errors import BadScores
from evaluation import bootstrap, certainty, delong
from evaluation.auc import macro
from evaluation.bootstrap import Replicates
from evaluation.calibration_error import brier, calibration_error
from evaluation.certainty import Missing
from evaluation.comparison import compare
from evaluation.curves import average_precision
from evaluation.decisions import decide
from evaluation.reported_labels import by_label, pooled, prevalence, prevalence_micro_auc
from evaluation.scores import Scores, same_images
from evaluation.truth import Truth

DECIDED = (
    *("f1", "recall", "precision", "specificity"),
    *("true_positives", "false_positives", "false_negatives", "true_negatives"),
)
WHY = "recall_missing"
ON_HOW_MANY = ("films_decided", WHY)


def judge(
    truth: Truth,
    scores: Sequence[Scores],
    pairs: Sequence[tuple[str, str]] = (),
    *,
    thresholds: Mapping[str, np.ndarray] | None = None,
    prevalences: np.ndarray | None = None,
    n_replicates: int = bootstrap.N_REPLICATES,
    seed: int = 0,
    workers: bootstrap.Workers = bootstrap.ALONE,
) -> dict[str, Any]:
    """`floors`, `models`, and `comparisons` of each pair (model, baseline), over scores' films.

    `thresholds` (k,) by model come from validation films, or (n, k) where these differ from film to
    film; `prevalences` (k,) from training films, without which the floor is that of the judged:
    `prevalences_of` says whose they are.
    """
    scores = same_images(scores)
    truth = truth.over(scores[0].ids, scores[0].label_names)
    _check(truth, scores)
    judged = {one.model: one for one in scores}
    drawn = {
        name: bootstrap.replicates(
            truth.labels,
            one.probabilities,
            truth.owners,
            n_replicates=n_replicates,
            seed=seed,
            workers=workers,
        )
        for name, one in judged.items()
    }
    chosen, missing = thresholds or {}, certainty.missing(truth.labels, truth.owners)
    return {
        "floors": _no_skill(truth, prevalences),
        "models": {
            name: _model(truth, one, drawn[name], missing, chosen.get(name))
            for name, one in judged.items()
        },
        "comparisons": [
            compare(truth, judged[name], judged[other], drawn[name], drawn[other], missing)
            for name, other in pairs
        ],
    }


def _no_skill(truth: Truth, prevalences: np.ndarray | None) -> dict[str, Any]:
    """Micro AUC of giving every film each label's prevalence, and among which films that is."""
    whose = "training films"
    if prevalences is None:
        whose, prevalences = "films judged", prevalence(truth.labels)
    floor = prevalence_micro_auc(truth.labels, prevalences)
    return {"micro_no_skill": plain(floor), "prevalences_of": whose}


def _check(truth: Truth, scores: Sequence[Scores]) -> None:
    names = [one.model for one in scores]
    if len(set(names)) < len(names):
        raise BadScores(
            f"Every model must have its own name; got {', '.join(names)}. Rename one, as in"
            " --scores again=FILE."
        )
    positives, negatives = ((truth.labels == kind).any(axis=0) for kind in (1, 0))
    if not (positives & negatives).any():
        raise BadScores(
            f"A verdict needs a label with positive and negative films; none of"
            f" {', '.join(truth.label_names)} has both among {len(truth.ids):,} films. Judge more"
            " films, or check that ids and labels belong together."
        )


def _model(
    truth: Truth,
    scores: Scores,
    drawn: Replicates,
    missing: Missing,
    thresholds: np.ndarray | None,
) -> dict[str, Any]:
    labels, probabilities = truth.labels, scores.probabilities
    figures = {
        "auc": drawn.whole[:-1],
        "average_precision": by_label(average_precision, labels, probabilities),
        "positives": np.count_nonzero(labels == 1, axis=0),
        "films": np.count_nonzero(~np.isnan(labels), axis=0),
        "ece": by_label(calibration_error, labels, probabilities),
        "brier": by_label(brier, labels, probabilities),
    }
    decided = _decided(labels, probabilities, thresholds)
    return {
        "macro_auc": plain(macro(figures["auc"])),
        **_interval("macro_auc_ci", drawn.macro, missing.macro),
        "labels_in_macro": int(np.isfinite(figures["auc"]).sum()),
        "micro_auc": plain(drawn.whole[-1]),
        **_interval("micro_auc_ci", drawn.micro, missing.micro),
        "labels": {
            name: {key: plain(values[label]) for key, values in figures.items()}
            | _interval("auc_ci", drawn.labels[:, label], missing.labels[label])
            | {
                "auc_ci_delong": None
                if missing.labels[label]
                else delong.interval(*pooled(labels[:, label], probabilities[:, label]))
            }
            | decided[label]
            for label, name in enumerate(truth.label_names)
        },
        # A mean over labels, like the macro AUC.
        "calibration": {key: plain(macro(figures[key])) for key in ("ece", "brier")},
    }


def _interval(name: str, figures: np.ndarray, why: str | None) -> dict[str, Any]:
    """An interval under its name, and beside it the reason where there is none."""
    found, why = certainty.estimated(figures, why)
    return {name: found, f"{name}_missing": why}


def _decided(
    labels: np.ndarray, probabilities: np.ndarray, thresholds: np.ndarray | None
) -> list[dict[str, Any]]:
    """What each label's thresholds do, and on how many images; None where none were chosen.

    The threshold reported is their mean.
    """
    if thresholds is None:
        none = dict.fromkeys(("threshold", "threshold_range", *DECIDED, *ON_HOW_MANY))
        return [none] * labels.shape[1]
    decisions = decide(labels, probabilities, thresholds)
    figures = {name: getattr(decisions, name) for name in DECIDED}
    chosen = np.broadcast_to(thresholds, labels.shape).T
    return [
        _of_decided({name: plain(values[label]) for name, values in figures.items()}, column, own)
        for label, (column, own) in enumerate(zip(labels.T, chosen, strict=True))
    ]


def _of_decided(figures: dict[str, Any], labels: np.ndarray, chosen: np.ndarray) -> dict[str, Any]:
    """A label's figures beside the number of images decided; no recall where it would flatter."""
    positive, decided = labels == 1, ~np.isnan(chosen)
    n_found, n_positive = np.count_nonzero(positive & decided), np.count_nonzero(positive)
    told = _range(chosen[decided])
    told |= {"films_decided": int(np.count_nonzero(decided & ~np.isnan(labels)))}
    if n_found == n_positive:
        return (figures if decided.any() else dict.fromkeys(figures)) | told | {WHY: None}
    why = f"{n_found:,} of {n_positive:,} images with the finding were decided"
    kept = {"recall": None, "f1": None} if decided.any() else dict.fromkeys(figures)
    return figures | kept | told | {WHY: why}


def _range(chosen: np.ndarray) -> dict[str, Any]:
    """The mean of thresholds, and where they are not all alike the lowest and the highest."""
    if not len(chosen):
        return {"threshold": None, "threshold_range": None}
    ends = [plain(chosen.min()), plain(chosen.max())]
    mean = plain(chosen.mean(dtype=float))
    return {"threshold": mean, "threshold_range": None if ends[0] == ends[1] else ends}
