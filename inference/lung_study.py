"""Whether a bundle looks at the lungs: attribution in them, and AUC with parts of images blanked.

Probes add how well its features predict sex, age, view and site, which they need not know.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from datasets.blanking import Blanking
from datasets.burnt_in_text import text_boxes
from datasets.image_stream import ImageFile, each_image, image_threads
from datasets.images import Images
from datasets.pooled_sites import SITE
from errors import ImageUnreadable
from evaluation import lung_shares
from evaluation.severity_figures import AUC, Measured, measured
from evaluation.truth import Truth
from inference.boxed_images import Cases, Looker
from inference.changed_features import BundleFeatures
from inference.changed_predictions import ChangedPredictions
from inference.predictor import Predictor
from models import probe
from models.views import METADATA, Views

WHOLE, OUTSIDE, LUNGS, BORDERS, TEXT = "whole", "outside", "lungs", "borders", "text"
OCCLUSIONS = (OUTSIDE, LUNGS, BORDERS, TEXT)
# The width of a border as a share of the image's width and height.
BORDER = 0.1
FRAME = np.array(
    [
        *([0, 0, 1, BORDER], [0, 1 - BORDER, 1, BORDER]),
        *([0, 0, BORDER, 1], [1 - BORDER, 0, BORDER, 1]),
    ]
)
MACRO = "macro"
FILES_PER_JOB = 16

Boxes = Mapping[str, np.ndarray]


class Looked(NamedTuple):
    """Height and width of each image (n, 2), NaN if it cannot be read, and boxes of text by id."""

    shapes: np.ndarray
    text: Boxes


def looked_at(images: Images, jobs: int) -> Looked:
    """The size of every image, and where it seems to have burnt-in text."""
    unread = (np.nan, np.nan), np.empty((0, 4))
    with image_threads(jobs) as pool:
        found = each_image(pool, images.paths, str, _look, FILES_PER_JOB * jobs)
        made = [unread if isinstance(each, ImageUnreadable) else each for _, each in found]
    shapes, text = zip(*made, strict=True)
    return Looked(np.array(shapes, float), dict(zip(images.ids, text, strict=True)))


@dataclass(frozen=True)
class LungStudy:
    """A bundle on images whose lungs are known: boxes of lungs and of text (b, 4) by image id."""

    predictor: Predictor
    features: BundleFeatures
    truth: Truth
    lungs: Boxes
    text: Boxes
    n_replicates: int
    seed: int

    def attribution(self, layer: str) -> dict[str, Any]:
        """By finding and method, the share of positive attribution inside the lungs, in images that
        have the finding; the lungs' area and the difference.
        """
        images, names = self.features.images, self.truth.label_names
        rows, columns = np.nonzero(self.truth.labels.T == 1)[::-1]
        if not len(rows):
            return {}
        boxes = [self.lungs[image] for image in images.ids[rows]]
        cases = Cases(rows, np.array(names, object)[columns], images.patients[rows], boxes)
        looks = Looker(images, self.predictor, layer).looks(cases)
        return lung_shares.shares(looks, cases.boxed, **self._drawn)

    def occlusions(self) -> dict[str, dict[str, dict[str, Any]]]:
        """By finding and occlusion: AUC, and what it differs by from the AUC of whole images."""
        changes = {
            OUTSIDE: Blanking(self.lungs, outside=True),
            LUNGS: Blanking(self.lungs),
            BORDERS: Blanking(dict.fromkeys(self.lungs, FRAME)),
            TEXT: Blanking(self.text),
        }
        ((name, unchanged),) = self.features.unchanged().items()
        columns = [*map(self.predictor.bundle.labels.index, self.truth.label_names)]
        seeing = ChangedPredictions(self.predictor, unchanged, self.features.images.meta, columns)
        plain = seeing.seen(unchanged)
        after = self.features.after([changes[each] for each in OCCLUSIONS])
        made = {WHOLE: measured(self.truth, plain, plain, *self._drawn.values())}
        for occlusion, blocks in zip(OCCLUSIONS, after, strict=True):
            seen = seeing.seen(blocks[name])
            made[occlusion] = measured(self.truth, seen, plain, *self._drawn.values())
        return _by_finding(made, self.truth.label_names)

    def probes(self) -> dict[str, Any]:
        """By block of features, how well it predicts sex, age, view and site."""
        (unchanged,) = self.features.unchanged().values()
        images = self.features.images
        views = self.predictor.assembled(unchanged, images.meta)
        blocks = {name: each for name, each in views.blocks.items() if name != METADATA}
        targets = probe.of_metadata(images.meta)
        if SITE in images.meta:
            targets += probe.of_values(SITE, images.meta[SITE].to_numpy(object))
        return probe.probes(Views(blocks), targets, images.patients, **self._drawn)

    @property
    def _drawn(self) -> dict[str, int]:
        return {"n_replicates": self.n_replicates, "seed": self.seed}


def _look(_: str, file: ImageFile) -> tuple[tuple[float, float], np.ndarray]:
    height, width = file.decoded.plane.shape
    return (height, width), text_boxes(file.decoded.plane)


def _by_finding(
    made: Mapping[str, Measured], names: Sequence[str]
) -> dict[str, dict[str, dict[str, Any]]]:
    """AUCs and differences by finding and occlusion, the mean of all findings last."""
    drawn = {
        occlusion: {**each.labels, MACRO: each.figures[AUC]} for occlusion, each in made.items()
    }
    return {
        finding: {
            occlusion: {
                "auc": each[finding].estimate,
                "difference": (each[finding] - drawn[WHOLE][finding]).estimate,
            }
            for occlusion, each in drawn.items()
        }
        for finding in (*names, MACRO)
    }
