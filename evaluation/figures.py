"""Figures of models and of their comparisons, as the plain dict in report.json."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from arrays import plain
from errors import BadScores
from evaluation import bootstrap, certainty, class_figures, delong, metric_figures
from evaluation.auc import macro
from evaluation.bootstrap import Replicates
from evaluation.calibration_error import brier, calibration_error
from evaluation.certainty import Missing
from evaluation.curves import average_precision
from evaluation.decisions import PARTLY, decide, undecided
from evaluation.measures import Everything, measured, measures
from evaluation.metric import EXCLUSIVE, MULTILABEL
from evaluation.outcomes import USUAL, Terms, compared
from evaluation.reported_labels import by_label, pooled, prevalence, prevalence_micro_auc
from evaluation.scores import Scores, same_images
from evaluation.truth import Truth
from progress import track

DECIDED = (
    *("f1", "recall", "precision", "specificity"),
    *("true_positives", "false_positives", "false_negatives", "true_negatives"),
)
RANGE = ("threshold", "threshold_range")
WHY = "recall_missing"
ON_HOW_MANY = ("films_decided", WHY)


def evaluate(
    truth: Truth,
    scores: Sequence[Scores],
    pairs: Sequence[tuple[str, str]] = (),
    terms: Terms = USUAL,
    *,
    thresholds: Mapping[str, np.ndarray] | None = None,
    prevalences: np.ndarray | None = None,
    training_positives: np.ndarray | None = None,
    classes: Sequence[str] = (),
    n_replicates: int = bootstrap.N_REPLICATES,
    seed: int = 0,
    workers: bootstrap.Workers = bootstrap.ALONE,
) -> dict[str, Any]:
    """`floors`, `models`, and `comparisons` of each pair (model, baseline), over the scored images.

    `thresholds` by model are (k,), or (n, k) if they differ between images; take them from
    validation images. `prevalences` (k,) are for the prevalence-only baseline; take them from
    training images. Without them it uses the evaluated images, as `prevalences_of` records.
    `training_positives` (k,) order labels by how common they are. Of exclusive `classes` each image
    has one; they are the labels, or two of which one is the label.
    """
    scores = same_images(scores)
    truth = truth.over(scores[0].ids, scores[0].label_names)
    _check(truth, scores)
    by_model = {one.model: one for one in scores}
    chosen, missing = thresholds or {}, certainty.missing(truth.labels, truth.owners)
    common = np.count_nonzero(truth.labels == 1, axis=0)
    common = common if training_positives is None else training_positives
    drawn = {"n_replicates": n_replicates, "seed": seed, "workers": workers, "strata": truth.strata}
    known = {
        name: _measured(truth, one, missing, common, chosen.get(name), bool(classes), drawn)
        for name, one in track(by_model.items(), "resampling patients", len(by_model), "models")
    }
    aucs = {name: each.aucs for name, each in known.items()}
    return {
        "floors": _reference_baselines(truth, prevalences),
        "models": {
            name: _model(truth, one, known[name].aucs, missing, chosen.get(name))
            | metric_figures.of_model(truth, known[name], missing)
            | class_figures.of_model(truth, one, classes)
            for name, one in by_model.items()
        },
        "comparisons": [
            pair
            | metric_figures.of_pair(truth, known[pair["model"]], known[pair["baseline"]], missing)
            | class_figures.of_pair(
                truth, by_model[pair["model"]], by_model[pair["baseline"]], classes
            )
            for pair in compared(truth, by_model, aucs, missing, pairs, terms)
        ],
    }


def _measured(
    truth: Truth,
    scores: Scores,
    missing: Missing,
    common: np.ndarray,
    thresholds: np.ndarray | None,
    exclusive: bool,
    drawn: dict[str, Any],
) -> Everything:
    """All figures of a model with replicates."""
    why = undecided(truth.labels, thresholds)
    if thresholds is not None:
        none = np.array([each is not None for each in why])
        thresholds = np.where(none, np.nan, thresholds)
    task = EXCLUSIVE if exclusive else MULTILABEL
    asked = metric_figures.chosen(task, decided=thresholds is not None)
    metrics = tuple(asked.values())
    own = truth.labels, scores.probabilities, truth.owners
    made = measures(*own, metrics, common, thresholds, exclusive)
    return measured(made, [*asked], missing, why, **drawn)


def _reference_baselines(truth: Truth, prevalences: np.ndarray | None) -> dict[str, Any]:
    """Micro AUC of the prevalence-only baseline, and the images that its prevalences come from."""
    source = "training images"
    if prevalences is None:
        source, prevalences = "evaluated images", prevalence(truth.labels)
    micro = prevalence_micro_auc(truth.labels, prevalences)
    return {"micro_no_skill": plain(micro), "prevalences_of": source}


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
            f"At least one label must have positive and negative images; none of"
            f" {', '.join(truth.label_names)} has both among {len(truth.ids):,} images. Evaluate"
            " more images, or check that ids and labels belong together."
        )


def _model(
    truth: Truth,
    scores: Scores,
    resampled: Replicates,
    missing: Missing,
    thresholds: np.ndarray | None,
) -> dict[str, Any]:
    labels, probabilities = truth.labels, scores.probabilities
    figures = {
        "auc": resampled.whole[:-1],
        "average_precision": by_label(average_precision, labels, probabilities),
        "positives": np.count_nonzero(labels == 1, axis=0),
        "films": np.count_nonzero(~np.isnan(labels), axis=0),
        "ece": by_label(calibration_error, labels, probabilities),
        "brier": by_label(brier, labels, probabilities),
    }
    decided = _decided(labels, probabilities, thresholds)
    return {
        "macro_auc": plain(macro(figures["auc"])),
        **_interval("macro_auc_ci", resampled.macro, missing.macro),
        "labels_in_macro": int(np.isfinite(figures["auc"]).sum()),
        "micro_auc": plain(resampled.whole[-1]),
        **_interval("micro_auc_ci", resampled.micro, missing.micro),
        "labels": {
            name: {key: plain(values[label]) for key, values in figures.items()}
            | _interval("auc_ci", resampled.labels[:, label], missing.labels[label])
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
    """An interval under its name, and the reason if there is none."""
    ci, why = certainty.estimated(figures, why)
    return {name: ci, f"{name}_missing": why}


def _decided(
    labels: np.ndarray, probabilities: np.ndarray, thresholds: np.ndarray | None
) -> list[dict[str, Any]]:
    """Each label's figures at its thresholds, and on how many images; None without thresholds.

    The threshold reported is the mean.
    """
    if thresholds is None:
        none = dict.fromkeys((*RANGE, *DECIDED, *ON_HOW_MANY))
        return [none] * labels.shape[1]
    decisions = decide(labels, probabilities, thresholds)
    figures = {name: getattr(decisions, name) for name in DECIDED}
    # Of classes, the most probable one is chosen, and infinity is not a threshold.
    by_class = np.isinf(thresholds).any()
    chosen = np.broadcast_to(thresholds, labels.shape).T
    return [
        _of_decided({name: plain(values[label]) for name, values in figures.items()}, column, own)
        | (dict.fromkeys(RANGE) if by_class else {})
        for label, (column, own) in enumerate(zip(labels.T, chosen, strict=True))
    ]


def _of_decided(figures: dict[str, Any], labels: np.ndarray, chosen: np.ndarray) -> dict[str, Any]:
    """A label's figures and the number of images decided.

    Recall and F1 are left out where some positive images were not decided.
    """
    positive, decided = labels == 1, ~np.isnan(chosen)
    n_decided, n_positive = np.count_nonzero(positive & decided), np.count_nonzero(positive)
    facts = _range(chosen[decided])
    facts |= {"films_decided": int(np.count_nonzero(decided & ~np.isnan(labels)))}
    if n_decided == n_positive:
        return (figures if decided.any() else dict.fromkeys(figures)) | facts | {WHY: None}
    why = PARTLY.format(n_decided, n_positive)
    kept = {"recall": None, "f1": None} if decided.any() else dict.fromkeys(figures)
    return figures | kept | facts | {WHY: why}


def _range(chosen: np.ndarray) -> dict[str, Any]:
    """The mean of thresholds, and where they are not all alike the lowest and the highest."""
    if not len(chosen):
        return dict.fromkeys(RANGE)
    ends = [plain(chosen.min()), plain(chosen.max())]
    if ends[0] == ends[1]:
        return {"threshold": ends[0], "threshold_range": None}
    return {"threshold": plain(chosen.mean(dtype=float)), "threshold_range": ends}
