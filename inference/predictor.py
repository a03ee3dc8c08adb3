"""A bundle at work on films: vectors as in training, then findings.

from inference.predictor import Predictor
predictor = Predictor("runs/bundle")
for film in predictor.predict(["film.png", "film.dcm"]):
    for finding in film.findings:
        print(film.id, finding.label, finding.probability, finding.present)
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from datasets import image_files, sources
from datasets.images import Images
from datasets.options import Work
from features import extracted
from features.branch import Branch
from features.extractor import learns
from features.recipe import digest, recipe_of
from features.store import FeatureStore
from inference import known_metadata
from inference.predictions import Prediction, stream
from inference.working_bundle import WorkingBundle
from models.thresholds import undecided
from models.views import Views
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

    def extract(self, images: Images, options: Work) -> tuple[Images, Views]:
        """The films that can be read, and what the classifier sees of them, through the cache."""
        branches = {name: self._branch(name, images, options.cache) for name in self.extractors}
        done = extracted.compute(self.known(images), branches, options)
        vectors = {name: done.features(name).values for name in branches}
        return done.images, self.assembled(vectors, done.images.meta)

    def _branch(self, name: str, images: Images, cache: Path) -> Branch:
        """The extractor with the store that training filled, if the cache still has it."""
        extractor, view = self.extractors[name], self.bundle.views[name]
        recipe = recipe_of(name, extractor, np.array([]), image_files.decoders(images.paths))
        recipe |= {"trained_on": view.recipe["trained_on"]}
        store = FeatureStore(cache, recipe)
        if learns(extractor):
            learned = {path.stem for path in store.folder.glob("learned-*.npz")}
            if learned - {f"learned-{digest(view.state)}"}:
                # Learned anew from films of the same names: its vectors are not this bundle's.
                store = FeatureStore(cache, recipe | {"trained_on": digest(view.state)})
            store.save_learned(extractor)
        return Branch(extractor, store)
