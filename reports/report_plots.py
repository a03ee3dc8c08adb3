"""The plots of a report, each with a caption and a text alternative."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from datasets.sources import folder
from evaluation.certainty import FEW_OF_A_CLASS
from evaluation.scores import Scores
from evaluation.truth import Truth
from reports import cautions, class_html, robustness_curves
from reports.plots import (
    class_confusion,
    confusion,
    decision_curves,
    forest,
    label_curves,
    learning,
    plotting,
    risk_coverage,
)
from reports.plots.plotting import DOUBLE, PNG, Paper
from reports.report_tree import Report
from reports.wording import missing, with_interval

HOLLOW = " A hollow point has no interval; the tables give the reason."
# A figure, its caption, and its text alternative.
Captioned = tuple[Any, str, str]


class Picture(NamedTuple):
    """A plot of the report: its files, its caption, its text alternative, and itself as SVG.

    The SVG is a part of a page, takes the page's colour for text and axes, and has the text
    alternative.
    """

    paths: list[Path]
    caption: str
    alt: str
    svg: str

    @property
    def name(self) -> str:
        """The name of the figure."""
        return self.paths[0].stem


class Subject(NamedTuple):
    """What is plotted: a report without its controls, truth and scores over the same images."""

    report: Report
    truth: Truth
    scores: Sequence[Scores]
    faint: Collection[str]


def draw(
    report: Report,
    truth: Truth,
    scores: Sequence[Scores],
    out: Path,
    histories: Mapping[str, Sequence[np.ndarray]],
    paper: Paper = PNG,
) -> list[Picture]:
    """Forest plots and curves in the folder out; truth and scores are over the same images."""
    report = report.without_controls()
    scores = [one for one in scores if one.model in report.models]
    subject = Subject(report, truth, scores, cautions.rare(truth))
    folder(out)
    # The width of a page does not depend on that of a paper.
    shown = figures(subject, histories, DOUBLE)
    printed = shown if paper.width == DOUBLE else figures(subject, histories, paper.width)
    pictures = []
    for name, (figure, caption, alt) in shown.items():
        paths = plotting.write(printed[name][0], out, name, paper)
        pictures.append(Picture(paths, caption, alt, plotting.inline(figure, name, alt)))
    return pictures


def figures(
    subject: Subject, histories: Mapping[str, Sequence[np.ndarray]], width: float = DOUBLE
) -> dict[str, Captioned]:
    """Every figure by its name, in the order of the page."""
    return (
        _forests(subject, width)
        | _curves(subject, width)
        | _net_benefit(subject, width)
        | _decisions(subject.report, width)
        | _abstaining(subject.report, width)
        | robustness_curves.figures(subject.report.robustness, width)
        | _learning(histories, width)
    )


def _faint(subject: Subject) -> str:
    """What the captions say about labels that are drawn fainter; nothing without any."""
    few = f" † and fainter: fewer than {FEW_OF_A_CLASS} patients with or without the finding."
    return few if subject.faint else ""


def _forests(subject: Subject, width: float) -> dict[str, Captioned]:
    """Differences, where there are any, and AUCs."""
    report = subject.report
    more = HOLLOW if any(why for _, why in missing(report.evaluated)) else ""
    more += _faint(subject)
    aucs = (
        forest.aucs(report.models, width, subject.faint),
        f"AUC of each label with its 95 % interval, and their mean, the macro AUC.{more}",
        f"Forest plot of AUCs; {_macros(report)}. The tables give every figure.",
    )
    if not report.comparisons:
        return {"forest": aucs}
    compared = (
        forest.differences(report.comparisons, width, subject.faint),
        f"Difference in AUC of each label with its 95 % interval, and in the macro AUC.{more}",
        f"Forest plot of differences in AUC; {_differences(report)}. The tables give every figure.",
    )
    return {"differences": compared, "forest": aucs}


def _curves(subject: Subject, width: float) -> dict[str, Captioned]:
    _, truth, scores, faint = subject
    models, more = ", ".join(subject.report.models), _faint(subject)
    counted = " In brackets: images with the finding."
    return {
        "roc": (
            label_curves.roc(truth, scores, width, faint),
            f"ROC curves, one panel for each label; the diagonal is chance.{counted}{more}",
            f"ROC curves of {models} for {len(truth.label_names)} labels; the areas under them are"
            " the AUCs in the tables.",
        ),
        "precision_recall": (
            label_curves.precision_recall(truth, scores, width, faint),
            "Precision over recall; the grey line is the share of positives, the precision of"
            f" chance.{counted}{more}",
            f"Precision-recall curves of {models}; the areas under them are the average precisions"
            " in the tables.",
        ),
        "reliability": (
            label_curves.reliability(truth, scores, width, faint),
            "Share of positives over mean probability, in three to ten bins of equally many images,"
            " fewer where positives are few; on the grey line, probabilities are calibrated. The"
            f" area of a marker grows with the positives in its bin.{counted}{more}",
            f"Reliability curves of {models}; calibration errors are in the tables.",
        ),
    }


def _net_benefit(subject: Subject, width: float) -> dict[str, Captioned]:
    curves = {
        name: figures.net_benefit
        for name, figures in subject.report.models.items()
        if figures.net_benefit
    }
    if not curves:
        return {}
    return {
        "net_benefit": (
            decision_curves.benefits(curves, subject.truth, width, subject.faint),
            "Decision curves: net benefit over the probability from which on an image is called"
            " positive, with a band of 95 % intervals by patient. It counts true positives less"
            " false ones, of which so many weigh as much as a true one as the threshold says: nine"
            " at 0.1. The grey line calls every image positive; calling none has a net benefit of"
            " 0. A model is of use where it lies above both. This holds for calibrated"
            f" probabilities only.{_faint(subject)}",
            f"Decision curves of {', '.join(curves)} for each label; report.json has their values.",
        )
    }


def _decisions(report: Report, width: float) -> dict[str, Captioned]:
    decided = {
        model: figures.labels
        for model, figures in report.models.items()
        if any(label.is_decided for label in figures.labels.values())
    }
    if not decided:
        return {}
    if tables := class_html.tables_of(report):
        return {
            "confusion": (
                class_confusion.matrices(tables, width),
                "Confusion matrix of each model: a row for the true class, a column for the most"
                " probable class; images, and their share of the row, which is the shade.",
                f"Confusion matrices of {', '.join(tables)}; the counts are in the tables.",
            )
        }
    return {
        "confusion": (
            confusion.matrices(decided, width),
            "Confusion matrix of each label at its threshold (with folds, each fold's own): a row"
            " for the truth (is, is not), a column for the decision (yes, no). Darker means a"
            " greater share of the row. Below a matrix: how many images have a threshold, if not"
            " all do.",
            f"Confusion matrices of {', '.join(decided)} for each label; the counts are in the"
            " tables of decisions.",
        )
    }


def _abstaining(report: Report, width: float) -> dict[str, Captioned]:
    known = {name: one.abstention.curve for name, one in report.models.items() if one.abstention}
    if not known:
        return {}
    return {
        "risk_coverage": (
            risk_coverage.curves(known, width),
            "Risk-coverage curves: a point for each level of abstaining, from 1 % at the left to"
            " 50 %. The lower a line, the fewer answers are wrong at the same share answered.",
            f"Risk-coverage curves of {', '.join(known)}; the table has their values.",
        )
    }


def _learning(histories: Mapping[str, Sequence[np.ndarray]], width: float) -> dict[str, Captioned]:
    if not histories:
        return {}
    best = "; ".join(
        f"{name} reached a validation macro AUC of"
        f" {np.mean([one['validation_auc'].max() for one in trainings]):.3f}"
        f" in {len(trainings)} trainings"
        for name, trainings in histories.items()
    )
    return {
        "learning": (
            learning.curves(histories, "every training", width),
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
        f"macro AUC of {each.model} minus that of {each.baseline}:"
        f" {with_interval(each.delta_macro_auc, each.macro_ci)}"
        for each in report.comparisons
    )
