"""Images with boxes, and the heatmaps that a bundle makes for them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from datasets import image_files
from datasets.images import SIDES, Images
from evaluation.localisation_figures import Boxed, Look
from features.preprocessing import box_in_square
from inference import images_to_evaluate
from inference.heatmaps import Heatmaps
from inference.predictor import Predictor
from models.bundle import Bundle
from models.classifier import Classifier
from models.views import Views
from progress import track

METHODS = ("gradcam", "gradcam++")
CASES_AT_ONCE = 16


@dataclass(frozen=True)
class Cases:
    """m pairs of an image and a finding that has boxes: row, finding, patient and boxes (b, 4).

    The cases of one finding follow each other.
    """

    rows: np.ndarray
    findings: np.ndarray
    patients: np.ndarray
    boxes: Sequence[np.ndarray]

    def __len__(self) -> int:
        return len(self.rows)

    def select(self, which: np.ndarray) -> "Cases":
        """The cases of a mask (m,)."""
        boxes = [self.boxes[case] for case in np.flatnonzero(which).tolist()]
        return Cases(self.rows[which], self.findings[which], self.patients[which], boxes)

    @property
    def boxed(self) -> Boxed:
        """The boxes, findings and patients, as the evaluation takes them."""
        return Boxed(self.boxes, self.findings, self.patients)


def cases_of(images: Images, labels: Sequence[str]) -> Cases:
    """Every image with boxes, once for each label that has boxes in it."""
    boxed = [
        (image, label, boxes[SIDES].to_numpy(float))
        for label in labels
        for image, boxes in images.boxes[images.boxes["label"] == label].groupby("id", sort=False)
    ]
    rows = images.rows(np.array([image for image, _, _ in boxed], object))
    findings = np.array([label for _, label, _ in boxed], object)
    return Cases(rows, findings, images.patients[rows], [boxes for _, _, boxes in boxed])


@dataclass(frozen=True)
class Batch:
    """A few cases of one finding: grey planes, metadata, features, boxes and the label's column."""

    planes: list[np.ndarray]
    meta: pd.DataFrame
    views: Views
    boxes: Sequence[np.ndarray]
    column: int


@dataclass(frozen=True)
class Looker:
    """A bundle that makes heatmaps of images with boxes; Grad-CAM uses the network's `layer`."""

    images: Images
    predictor: Predictor
    layer: str = ""

    def batches(self, cases: Cases, doing: str) -> Iterator[Batch]:
        """All cases in order, as inputs of the bundle."""
        labels, images = self.predictor.bundle.labels, self.images
        numbers = list(_together(cases.findings))
        for batch in track(numbers, doing, len(numbers), "batches"):
            rows = cases.rows[batch]
            planes = [image_files.read(path) for path in images.paths[rows]]
            meta, boxes = images.meta.iloc[rows], [cases.boxes[case] for case in batch]
            views = self.predictor.views(planes, meta, images.ids[rows])
            yield Batch(planes, meta, views, boxes, labels.index(cases.findings[batch[0]]))

    def looks(self, cases: Cases, classifier: Classifier | None = None) -> dict[str, Look]:
        """Heatmaps of each case's finding by method, for the bundle's classifier or another."""
        bundle, extractors = self.predictor.bundle, self.predictor.extractors
        if classifier is not None:
            bundle = replace(bundle, classifier=classifier)
        heatmaps = Heatmaps(bundle, METHODS, self.layer, extractors)
        looks: dict[str, Look] = {}
        for batch in self.batches(cases, "heatmaps"):
            squares = [
                np.array([box_in_square(tuple(box), plane.shape) for box in boxes])
                for boxes, plane in zip(batch.boxes, batch.planes, strict=True)
            ]
            for name, maps in heatmaps.of(batch.planes, batch.views, [batch.column]).items():
                look = looks.setdefault(name, Look([], []))
                look.maps.extend(maps[:, 0])
                look.boxes.extend(squares)
        return looks


def _together(findings: np.ndarray) -> Iterator[np.ndarray]:
    """Positions of the cases, a few of one finding at a time."""
    for finding in dict.fromkeys(findings):
        same = np.flatnonzero(findings == finding)
        yield from np.split(same, range(CASES_AT_ONCE, len(same), CASES_AT_ONCE))


def notes(images: Images, bundle: Bundle, unseen: bool) -> list[str]:
    """Limits of an evaluation of this bundle on these images with boxes, as sentences."""
    labels = images.boxes["label"]
    unknown = Counter(labels[~labels.isin(bundle.labels)])
    counts = ", ".join(f"{label} {count:,}" for label, count in unknown.items())
    left_out = [f"left out: boxes of labels that the bundle does not know, {counts}"] * bool(
        unknown
    )
    return [*left_out, *images_to_evaluate.notes(images, bundle, unseen)]
