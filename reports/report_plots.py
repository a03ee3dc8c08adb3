"""The pictures of a verdict, each with the words that stand for it where it cannot be seen."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from datasets.sources import folder
from evaluation.scores import Scores
from evaluation.truth import Truth
from reports.plots import confusion, forest, label_curves, learning
from reports.plots.saving import save
from reports.wording import missing, with_interval

HOLLOW = " A hollow point has no interval; the tables give the reason."
# A figure, its caption, and the words that stand for it.
Drawn = tuple[Any, str, str]


class Shown(NamedTuple):
    """A picture of the report: its file, what it shows, and what a reader who sees it learns."""

    path: Path
    caption: str
    alt: str


def without_controls(report: dict[str, Any]) -> dict[str, Any]:
    """The report less its controls, whose rows in the tables of all labels are enough."""
    kept = {
        name: figures for name, figures in report["models"].items() if not figures.get("control")
    }
    compared = [each for each in report["comparisons"] if each["model"] in kept]
    groups = {name: told for name, told in report["subgroups"].items() if name in kept}
    return report | {"models": kept, "comparisons": compared, "subgroups": groups}


def draw(
    report: dict[str, Any],
    truth: Truth,
    scores: Sequence[Scores],
    out: Path,
    histories: Mapping[str, Sequence[np.ndarray]],
) -> list[Shown]:
    """Forest plots and curves in the folder out; truth and scores are over the same films."""
    report = without_controls(report)
    scores = [one for one in scores if one.model in report["models"]]
    figures = _forests(report) | _curves(report, truth, scores)
    figures |= _decisions(report) | _learning(histories)
    folder(out)
    for name, (figure, _, _) in figures.items():
        save(figure, out / name)
    return [Shown(out / name, caption, alt) for name, (_, caption, alt) in figures.items()]


def _forests(report: dict[str, Any]) -> dict[str, Drawn]:
    """Differences, where there are any, and AUCs."""
    hollow = HOLLOW if any(why for _, why in missing(report)) else ""
    aucs = (
        forest.aucs(report["models"]),
        f"AUC of each label with its 95 % interval, and their mean, the macro AUC.{hollow}",
        f"Forest plot of AUCs; {_macros(report)}. The tables hold every figure.",
    )
    if not report["comparisons"]:
        return {"forest.png": aucs}
    compared = (
        forest.differences(report["comparisons"]),
        f"Difference in AUC of each label with its 95 % interval, and in the macro AUC.{hollow}",
        f"Forest plot of differences in AUC; {_differences(report)}. The tables hold every figure.",
    )
    return {"differences.png": compared, "forest.png": aucs}


def _curves(report: dict[str, Any], truth: Truth, scores: Sequence[Scores]) -> dict[str, Drawn]:
    models = ", ".join(report["models"])
    return {
        "roc.png": (
            label_curves.roc(truth, scores),
            "ROC curves, one panel a label; the diagonal is no skill.",
            f"ROC curves of {models} for {len(truth.label_names)} labels; the areas under them are"
            " the AUCs in the tables.",
        ),
        "precision_recall.png": (
            label_curves.precision_recall(truth, scores),
            "Precision over recall; the grey line is the share of positives, which is no skill.",
            f"Precision-recall curves of {models}; the areas under them are the average precisions"
            " in the tables.",
        ),
        "reliability.png": (
            label_curves.reliability(truth, scores),
            "Share of positives over mean probability, in ten bins of equally many films; on the"
            " grey line probabilities mean what they say.",
            f"Reliability curves of {models}; calibration errors are in the tables.",
        ),
    }


def _decisions(report: dict[str, Any]) -> dict[str, Drawn]:
    decided = {
        model: figures["labels"]
        for model, figures in report["models"].items()
        if any(label["threshold"] is not None for label in figures["labels"].values())
    }
    if not decided:
        return {}
    return {
        "confusion.png": (
            confusion.matrices(decided),
            "What each label's threshold (of each fold its own) does to the films judged: a row for"
            " the truth, a column for the call; the darker, the greater the share of the row.",
            f"Confusion matrices of {', '.join(decided)} for each label; the counts are in the"
            " tables of decisions.",
        )
    }


def _learning(histories: Mapping[str, Sequence[np.ndarray]]) -> dict[str, Drawn]:
    if not histories:
        return {}
    best = "; ".join(
        f"{name} reached a validation macro AUC of"
        f" {np.mean([one['validation_auc'].max() for one in found]):.3f}"
        f" in {len(found)} trainings"
        for name, found in histories.items()
    )
    return {
        "learning.png": (
            learning.curves(histories, "every training"),
            "How the networks learned, a line for each training (split and seed): loss, and macro"
            " AUC on the validation films; a dot marks the epoch that was kept.",
            f"Learning curves; {best}.",
        )
    }


def _macros(report: dict[str, Any]) -> str:
    return "; ".join(
        f"macro AUC of {name} {with_interval(figures['macro_auc'], figures['macro_auc_ci'])}"
        for name, figures in report["models"].items()
    )


def _differences(report: dict[str, Any]) -> str:
    return "; ".join(
        f"macro AUC of {each['model']} less that of {each['baseline']}:"
        f" {with_interval(each['delta_macro_auc'], each['ci'])}"
        for each in report["comparisons"]
    )
