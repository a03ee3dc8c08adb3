"""The answers of a bundle that abstains, over all images, and whether they keep their level."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from datasets.images import Images
from evaluation.conformal import ANSWERS
from evaluation.conformal_coverage import coverage
from inference.predictions import Prediction
from models.bundle import Bundle

NUMBERS = {answer: float(number) for number, answer in enumerate(ANSWERS)}


class AnsweredImages:
    """The answers to images at a level, collected one image after another."""

    def __init__(self, made: Bundle, level: float) -> None:
        self.bundle, self.level = made, level
        self.ids: list[str] = []
        self.answers: list[np.ndarray] = []

    def add(self, image: Prediction) -> None:
        """Collect the answers to an image."""
        self.ids.append(image.id)
        numbers = [NUMBERS.get(each.answer or "", np.nan) for each in image.findings]
        self.answers.append(np.array(numbers, np.float32))

    def figures(self, images: Images) -> dict[str, Any]:
        """How many pairs of image and label have an answer; coverage where labels are known."""
        answers = np.array(self.answers).reshape(-1, len(self.bundle.labels))
        given = int(np.count_nonzero(~np.isnan(answers)))
        facts = {"level": self.level, "pairs": answers.size, "answered": given}
        ids = np.array(self.ids, object)
        labels = known_labels(images, ids, self.bundle.labels)
        if self.bundle.bounds is None or np.isnan(labels).all():
            return facts
        owners = np.unique(images.patients[images.rows(ids)], return_inverse=True)[1]
        counts, names = self.bundle.bounds.patients, self.bundle.labels
        return facts | coverage(labels, owners, [answers], counts, names, self.level)


def known_labels(images: Images, ids: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Labels (n, k) with these names of these images; NaN for those that are not known."""
    known = dict(zip(images.label_names, images.labels[images.rows(ids)].T, strict=True))
    unknown = np.full(len(ids), np.nan)
    return np.stack([known.get(name, unknown) for name in names], axis=1)
