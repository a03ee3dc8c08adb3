"""A bundle's decisions on images, label by label, with the attribution of each extractor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from arrays import plain
from datasets import label_names
from datasets.images import Images
from models.attribution import Attribution
from models.bundle import Bundle, Findings

LABELS_A_IMAGE = 3
# A threshold may be 0.
SMALLEST = 1e-9
RULE = (
    f"Unless labels are chosen, each image has at most {LABELS_A_IMAGE} panels: labels with boxes"
    " first, then those with the highest calibrated probability relative to the threshold, so that"
    " labels predicted as present come first."
)


@dataclass(frozen=True)
class Decision:
    """The decision on one label of one image.

    `probability` is calibrated; `threshold` and `truth` (1 present, 0 absent) are None where they
    are not known, `present` where no threshold decides. By family of features: `attribution` in
    logits, which sums to the logit together with the bias, and `shares` of it, which sum to 1.
    """

    image: str
    label: str
    probability: float
    raw_probability: float
    threshold: float | None
    present: bool | None
    truth: float | None
    attribution: dict[str, float]
    bias: float
    shares: dict[str, float]

    @property
    def facts(self) -> dict[str, Any]:
        """Every field by its name in explain.json."""
        names = {"image": "film", "attribution": "credit"}
        return {names.get(name, name): value for name, value in vars(self).items()}

    @property
    def net(self) -> dict[str, float]:
        """How far each family moves the logit, up or down."""
        return {name: abs(value) for name, value in self.attribution.items()}


def columns_asked(labels: str, known: Sequence[str]) -> list[int]:
    """Columns of the labels that `--labels` names, if any."""
    asked = label_names.chosen("--labels", labels, known, "the bundle")
    return [known.index(name) for name in asked]


def columns_by_rule(images: Images, bundle: Bundle, findings: Findings) -> list[list[int]]:
    """For each image the columns that RULE chooses."""
    against = against_thresholds(findings.calibrated, bundle.thresholds)
    orders = np.argsort(-against, axis=1, kind="stable").tolist()
    boxed = images.boxes.groupby("id")["label"].agg(list)
    columns = []
    for image, order in zip(images.ids, orders, strict=True):
        with_boxes = [bundle.labels.index(n) for n in boxed.get(image, []) if n in bundle.labels]
        columns.append(list(dict.fromkeys([*with_boxes, *order]))[:LABELS_A_IMAGE])
    return columns


def against_thresholds(probabilities: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Probability over threshold; labels without a threshold come after all others."""
    relative = probabilities / np.maximum(thresholds, SMALLEST)
    return np.where(np.isnan(thresholds), probabilities - 1, relative)


def decisions(
    images: Images,
    row: int,
    bundle: Bundle,
    findings: Findings,
    columns: Sequence[int],
    attribution: Attribution,
) -> list[Decision]:
    """The decisions on some labels of one image, whose attribution is given."""
    names = {name: column for column, name in enumerate(images.label_names)}
    labels = {column: bundle.labels[column] for column in columns}
    return [
        Decision(
            image=images.ids[row],
            label=label,
            probability=float(findings.calibrated[row, column]),
            raw_probability=float(findings.raw[row, column]),
            threshold=plain(bundle.thresholds[column]),
            present=findings.present[row, column],
            truth=plain(images.labels[row, names[label]]) if label in names else None,
            attribution={name: float(sums[0, place]) for name, sums in attribution.sums.items()},
            bias=float(attribution.bias[0, place]),
            shares={name: float(shares[0, place]) for name, shares in attribution.shares.items()},
        )
        for place, (column, label) in enumerate(labels.items())
    ]
