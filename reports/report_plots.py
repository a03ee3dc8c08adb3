"""The plots of a report, each with a caption and a text alternative."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from datasets.sources import folder
from evaluation.scores import Scores
from evaluation.truth import Truth
from reports.plots import confusion, forest, label_curves, learning
from reports.plots.plotting import save
from reports.report_tree import Report
from reports.wording import missing, with_interval

HOLLOW = " A hollow point has no interval; the tables give the reason."
# A figure, its caption, and its text alternative.
Captioned = tuple[Any, str, str]


class Picture(NamedTuple):
    """A plot of the report: its file, its caption, and its text alternative."""

    path: Path
    caption: str
    alt: str


def draw(
    report: Report,
    truth: Truth,
    scores: Sequence[Scores],
    out: Path,
    histories: Mapping[str, Sequence[np.ndarray]],
) -> list[Picture]:
    """Forest plots and curves in the folder out; truth and scores are over the same images."""
    report = report.without_controls()
    scores = [one for one in scores if one.model in report.models]
    figures = _forests(report) | _curves(report, truth, scores)
    figures |= _decisions(report) | _learning(histories)
    folder(out)
    for name, (figure, _, _) in figures.items():
        save(figure, out / name)
    return [Picture(out / name, caption, alt) for name, (_, caption, alt) in figures.items()]


def _forests(report: Report) -> dict[str, Captioned]:
    """Differences, where there are any, and AUCs."""
    hollow = HOLLOW if any(why for _, why in missing(report.evaluated)) else ""
    aucs = (
        forest.aucs(report.models),
        f"AUC of each label with its 95 % interval, and their mean, the macro AUC.{hollow}",
        f"Forest plot of AUCs; {_macros(report)}. The tables give every figure.",
    )
    if not report.comparisons:
        return {"forest.png": aucs}
    compared = (
        forest.differences(report.comparisons),
        f"Difference in AUC of each label with its 95 % interval, and in the macro AUC.{hollow}",
        f"Forest plot of differences in AUC; {_differences(report)}. The tables give every figure.",
    )
    return {"differences.png": compared, "forest.png": aucs}


def _curves(report: Report, truth: Truth, scores: Sequence[Scores]) -> dict[str, Captioned]:
    models = ", ".join(report.models)
    return {
        "roc.png": (
            label_curves.roc(truth, scores),
            "ROC curves, one panel for each label; the diagonal is chance.",
            f"ROC curves of {models} for {len(truth.label_names)} labels; the areas under them are"
            " the AUCs in the tables.",
        ),
        "precision_recall.png": (
            label_curves.precision_recall(truth, scores),
            "Precision over recall; the grey line is the share of positives, the precision of"
            " chance.",
            f"Precision-recall curves of {models}; the areas under them are the average precisions"
            " in the tables.",
        ),
        "reliability.png": (
            label_curves.reliability(truth, scores),
            "Share of positives over mean probability, in ten bins of equally many images; on the"
            " grey line, probabilities are calibrated.",
            f"Reliability curves of {models}; calibration errors are in the tables.",
        ),
    }


def _decisions(report: Report) -> dict[str, Captioned]:
    decided = {
        model: figures.labels
        for model, figures in report.models.items()
        if any(label.threshold is not None for label in figures.labels.values())
    }
    if not decided:
        return {}
    return {
        "confusion.png": (
            confusion.matrices(decided),
            "Confusion matrix of each label at its threshold (with folds, each fold's own): a row"
            " for the truth, a column for the decision. Darker means a greater share of the row.",
            f"Confusion matrices of {', '.join(decided)} for each label; the counts are in the"
            " tables of decisions.",
        )
    }


def _learning(histories: Mapping[str, Sequence[np.ndarray]]) -> dict[str, Captioned]:
    if not histories:
        return {}
    best = "; ".join(
        f"{name} reached a validation macro AUC of"
        f" {np.mean([one['validation_auc'].max() for one in trainings]):.3f}"
        f" in {len(trainings)} trainings"
        for name, trainings in histories.items()
    )
    return {
        "learning.png": (
            learning.curves(histories, "every training"),
            "Learning curves, a line for each training (split and seed): loss, and macro AUC on"
            " the validation images; a dot marks the epoch that was kept.",
            f"Learning curves; {best}.",
        )
    }


def _macros(report: Report) -> str:
    return "; ".join(
        f"macro AUC of {name} {with_interval(figures.macro_auc, figures.macro_auc_ci)}"
        for name, figures in report.models.items()
    )


def _differences(report: Report) -> str:
    return "; ".join(
        f"macro AUC of {each.model} less that of {each.baseline}:"
        f" {with_interval(each.delta_macro_auc, each.macro_ci)}"
        for each in report.comparisons
    )
