"""Films with boxes, and the heatmaps that a bundle makes of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from datasets import image_files
from datasets.images import SIDES, Images
from evaluation.localisation_figures import Boxed, Look
from features.preprocessing import box_in_square
from features.recipe import digest_of_ids
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
    """m films with boxes of one finding each: row of the film, finding, patient and boxes (b, 4).

    Those of one finding stand together.
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
        """What a verdict needs of them."""
        return Boxed(self.boxes, self.findings, self.patients)


def cases_of(images: Images, labels: Sequence[str]) -> Cases:
    """Every film with boxes of a label, once for each label."""
    found = [
        (image, label, boxes[SIDES].to_numpy(float))
        for label in labels
        for image, boxes in images.boxes[images.boxes["label"] == label].groupby("id", sort=False)
    ]
    rows = images.rows(np.array([image for image, _, _ in found], object))
    findings = np.array([label for _, label, _ in found], object)
    return Cases(rows, findings, images.patients[rows], [boxes for _, _, boxes in found])


@dataclass(frozen=True)
class Batch:
    """A few cases of one finding: their films as planes and vectors, boxes, the label's column."""

    planes: list[np.ndarray]
    meta: pd.DataFrame
    views: Views
    boxes: Sequence[np.ndarray]
    column: int


@dataclass(frozen=True)
class Looker:
    """A bundle that looks at films with boxes; `layer` is where Grad-CAM looks."""

    images: Images
    predictor: Predictor
    layer: str = ""

    def batches(self, cases: Cases, doing: str) -> Iterator[Batch]:
        """All cases in their order, as the bundle sees them."""
        labels, images = self.predictor.bundle.labels, self.images
        numbers = list(_together(cases.findings))
        for batch in track(numbers, doing, len(numbers), "batches"):
            rows = cases.rows[batch]
            planes = [image_files.read(path) for path in images.paths[rows]]
            meta, boxes = images.meta.iloc[rows], [cases.boxes[case] for case in batch]
            views = self.predictor.views(planes, meta)
            yield Batch(planes, meta, views, boxes, labels.index(cases.findings[batch[0]]))

    def looks(self, cases: Cases, classifier: Classifier | None = None) -> dict[str, Look]:
        """Maps of each case's finding by every method, for the bundle's classifier or another."""
        bundle, extractors = self.predictor.bundle, self.predictor.extractors
        if classifier is not None:
            bundle = replace(bundle, classifier=classifier)
        heatmaps = Heatmaps(bundle, METHODS, self.layer, extractors)
        found: dict[str, Look] = {}
        for batch in self.batches(cases, "heatmaps"):
            squares = [
                np.array([box_in_square(tuple(box), plane.shape) for box in boxes])
                for boxes, plane in zip(batch.boxes, batch.planes, strict=True)
            ]
            for name, maps in heatmaps.of(batch.planes, batch.views, [batch.column]).items():
                look = found.setdefault(name, Look([], []))
                look.maps.extend(maps[:, 0])
                look.boxes.extend(squares)
        return found


def _together(findings: np.ndarray) -> Iterator[np.ndarray]:
    """Numbers of the cases, a few of one finding at a time."""
    for finding in dict.fromkeys(findings):
        same = np.flatnonzero(findings == finding)
        yield from np.split(same, range(CASES_AT_ONCE, len(same), CASES_AT_ONCE))


def notes(images: Images, bundle: Bundle, unseen: bool) -> list[str]:
    """What a reader of the verdict must know about these films and this bundle."""
    labels = images.boxes["label"]
    unknown = Counter(labels[~labels.isin(bundle.labels)])
    told = []
    if unknown:
        counts = ", ".join(f"{label} {count:,}" for label, count in unknown.items())
        told.append(f"left out: boxes of labels that the bundle does not know, {counts}")
    if not learned_from(images, bundle):
        told.append(
            f"the bundle learned from {bundle.data}, split {bundle.split}: which of these films it"
            " has seen is not known"
        )
    elif not unseen:
        told.append("films that the bundle learned from or was chosen by are among those scored")
    return told


def learned_from(images: Images, bundle: Bundle) -> bool:
    """Whether a bundle learned from the training films of this very split."""
    training = digest_of_ids(images.ids[images.train])
    learned = [view.recipe["trained_on"] for view in bundle.views.values()]
    same = all(told in (None, training) for told in learned)
    return same and (bundle.data, bundle.split) == (images.source, images.split_name)
