"""Predictions for image files with a trained bundle, from Python.

from inference.predictor import Predictor
predictor = Predictor("runs/train/latest")
for image in predictor.predict(["image.png", "image.dcm"]):
    for finding in image.findings:
        print(image.id, finding.label, finding.probability, finding.present)
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from datasets import sources
from datasets.images import Images
from inference import known_metadata
from inference.predictions import Prediction, stream
from inference.working_bundle import WorkingBundle
from models.thresholds import undecided
from progress import warn


class Predictor(WorkingBundle):
    """A trained bundle for image files; a warning names labels without a threshold."""

    def __init__(self, folder: Path | str, weights: str = "") -> None:
        super().__init__(folder, weights)
        if self.bundle.undecided:
            warn(undecided(self.bundle.undecided))

    def predict(
        self, paths: Sequence[Path | str], *, tta: int = 0, jobs: int = 0
    ) -> Iterator[Prediction]:
        """The predictions of image files, in order; only a few images are in memory.

        With `tta` each image is augmented that many times, and findings have a `spread`.
        """
        images = sources.images_of_files([Path(path) for path in paths], self.bundle.labels)
        return stream(self, self.known(images), tta, sources.cores(jobs))

    def known(self, images: Images) -> Images:
        """The images with age, sex and view, if the bundle was trained with them."""
        return known_metadata.known(images) if self.takes_metadata else images
