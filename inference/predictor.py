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
from evaluation.conformal_coverage import not_guaranteed
from features.given_features import REFUSE, sources_of
from inference import asked_embeddings, known_metadata
from inference.cached_features import CachedFeatures
from inference.predictions import Prediction, stream
from inference.working_bundle import WorkingBundle
from models.thresholds import undecided
from progress import warn


class Predictor(WorkingBundle):
    """A trained bundle for image files; a warning names labels without a threshold.

    `embeddings` are files of embeddings that the bundle takes, as `NAME=FILE`; with
    `missing="skip"` images without an embedding are set aside. With `abstain`, such as 0.1,
    findings have an `answer`; a warning names labels that always get "cannot say".
    """

    def __init__(
        self,
        folder: Path | str,
        weights: str = "",
        embeddings: Sequence[str] = (),
        missing: str = REFUSE,
        abstain: float = 0.0,
    ) -> None:
        super().__init__(folder, weights, abstain)
        self._sources, self._missing = sources_of(embeddings), missing
        asked_embeddings.check(self._sources, self.bundle.views)
        if self.bundle.undecided:
            warn(undecided(self.bundle.undecided))
        if abstain and (names := self.bundle.without_guarantee(abstain)):
            warn(not_guaranteed(names, abstain))

    def predict(
        self, paths: Sequence[Path | str], *, tta: int = 0, jobs: int = 0
    ) -> Iterator[Prediction]:
        """The predictions of image files, in order; only a few images are in memory.

        With `tta` each image is augmented that many times, and findings have a `spread`.
        """
        images = sources.images_of_files([Path(path) for path in paths], self.bundle.labels)
        images = self.known(images)
        return stream(self, images, tta, sources.cores(jobs), CachedFeatures(self, images, None))

    def known(self, images: Images) -> Images:
        """The images with age, sex and view, and embeddings from files, if the bundle takes them.

        Images without an embedding are refused or set aside.
        """
        views = self.bundle.views
        images, self.given = asked_embeddings.given(images, self._sources, views, self._missing)
        return known_metadata.known(images) if self.takes_metadata else images
