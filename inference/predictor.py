"""A bundle at work on films: vectors as in training, then findings.

from inference.predictor import Predictor
predictor = Predictor("runs/bundle")
for film in predictor.predict(["film.png", "film.dcm"]):
    for finding in film.findings:
        print(film.id, finding.label, finding.probability, finding.present)
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
    """A bundle at work on image files; one warning names the labels that it does not decide."""

    def __init__(self, folder: Path | str, weights: str = "") -> None:
        super().__init__(folder, weights)
        if self.bundle.undecided:
            warn(undecided(self.bundle.undecided))

    def predict(
        self, paths: Sequence[Path | str], *, tta: int = 0, jobs: int = 0
    ) -> Iterator[Prediction]:
        """What is said of films in files, in order, while few are in memory.

        With `tta` each film is augmented so often, and findings tell how far probabilities spread.
        """
        images = sources.images_of_files([Path(path) for path in paths], self.bundle.labels)
        return stream(self, self.known(images), tta, sources.cores(jobs))

    def known(self, images: Images) -> Images:
        """The films with their age, sex and view, if the bundle learned from them."""
        return known_metadata.known(images) if self.takes_metadata else images
