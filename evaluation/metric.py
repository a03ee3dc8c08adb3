"""What a metric is: a figure of one model, with intervals by patient and paired differences.

A metric is a file in `evaluation/metrics/`, and the file's name is its key in report.json. To add
one, write such a file with one class that inherits from `Metric`:

    __all__ = ["Sensitivity"]

    class Sensitivity(Metric):
        title = "Sensitivity"
        explained = "The share of images with the finding that are called positive."
        needs = THRESHOLDS

        def by_label(self, evidence: Evidence) -> np.ndarray:
            return evidence.decided.recall

There is no list to edit: reports show every metric that suits the task. A metric is computed for
all replicates at once, and for the images themselves as one replicate, from `Evidence`. A figure
of all labels together, such as accuracy, overrides `overall` and returns `no_label(...)` by label.
What needs other counts begins with a field of `Evidence`, which `evaluation/measures.py` fills in.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from errors import InvalidOption
from evaluation.auc import macro
from evaluation.class_evidence import ClassEvidence
from evaluation.decisions import Decisions
from evaluation.roc_steps import RocSteps

PROBABILITIES, THRESHOLDS = "probabilities", "thresholds"
MULTILABEL, EXCLUSIVE = "multilabel", "exclusive"
BOTH = (MULTILABEL, EXCLUSIVE)
THIRDS = ("head", "medium", "tail")


@dataclass(frozen=True)
class Evidence:
    """All that metrics are computed from, for B replicates of k labels.

    `curves` are the ROC curve of each label, `decided` the counts (B, k) at its threshold, all 0
    without one, and `training_positives` (k,) say how common each label is among training images.
    """

    curves: tuple[RocSteps, ...]
    decided: Decisions
    training_positives: np.ndarray
    classes: ClassEvidence | None = None

    @property
    def of_classes(self) -> ClassEvidence:
        """What is counted of exclusive classes, which only metrics of that task ask for."""
        if self.classes is None:
            raise InvalidOption(
                "A metric of exclusive classes needs images that have one class each; these have"
                " independent labels. Give it tasks = (EXCLUSIVE,)."
            )
        return self.classes

    @property
    def n_replicates(self) -> int:
        """How many replicates these are, B."""
        return len(self.curves[0].negatives)

    @property
    def without_skill(self) -> "Evidence":
        """The evidence of a model that sees no image, but calls as many images positive."""
        return Evidence(
            tuple(each.without_skill for each in self.curves),
            self.decided.without_skill,
            self.training_positives,
            self.classes and self.classes.without_skill,
        )


class Metric(ABC):
    """A figure for each label and one overall.

    `title` heads its tables, and `explained` is a sentence or two for readers. `needs` is
    PROBABILITIES or THRESHOLDS, and `tasks` are those that it makes sense for. The terminal shows a
    `headline` too.
    """

    title: ClassVar[str]
    explained: ClassVar[str]
    higher_is_better: ClassVar[bool] = True
    needs: ClassVar[str] = PROBABILITIES
    headline: ClassVar[bool] = False
    tasks: ClassVar[tuple[str, ...]] = BOTH

    @abstractmethod
    def by_label(self, evidence: Evidence) -> np.ndarray:
        """The figure of each label in each replicate, (B, k); NaN where a label has none.

        `no_label(evidence)`, (B, 0), where the figure is about all labels together.
        """

    def overall(self, evidence: Evidence, by_label: np.ndarray) -> np.ndarray:
        """One figure for each replicate, (B,): by default the mean of the labels that have one."""
        del evidence
        return macro(by_label)

    def members(self, evidence: Evidence) -> np.ndarray:
        """Which labels the overall figure is about, (k,)."""
        return np.ones(len(evidence.training_positives), bool)

    def values(self, evidence: Evidence) -> np.ndarray:
        """The overall figure, then that of each label, (B, 1 + k) or (B, 1)."""
        labels = self.by_label(evidence)
        return np.column_stack([self.overall(evidence, labels), labels])

    def prevalence_only(self, evidence: Evidence) -> np.ndarray:
        """The same figures without looking at any image, like `values`."""
        return self.values(evidence.without_skill)


def geometric(by_label: np.ndarray) -> np.ndarray:
    """The geometric mean of ratios over the labels (B, k) that have one above 0, (B,)."""
    with np.errstate(divide="ignore"):
        return np.exp(macro(np.log(by_label)))


def third(evidence: Evidence, place: int) -> np.ndarray:
    """Labels in a third of all labels (k,): 0 the most common ones in training, 2 the rarest.

    None are with fewer than 3 labels. Where 3 does not divide their number, the first third or the
    first two have one more.
    """
    common = evidence.training_positives
    members = np.zeros(len(common), bool)
    if len(common) >= len(THIRDS):
        order = np.argsort(-common, kind="stable")
        members[np.array_split(order, len(THIRDS))[place]] = True
    return members


def of_third(which: str) -> str:
    """What the mean average precision over a third of the labels is."""
    return (
        f"The mean average precision over the {which} third of the labels, by their positive"
        " training images. Where these are not known, the evaluated images count."
    )


def no_label(evidence: Evidence) -> np.ndarray:
    """No figure by label, (B, 0)."""
    return np.empty((evidence.n_replicates, 0))
