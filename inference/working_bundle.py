"""A bundle with its extractors: from images in memory to findings."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from datasets.image_statistics import EVEN, UNMEASURED
from datasets.images import unknown_meta
from errors import BundleUnusable, InvalidOption, first_line
from evaluation.conformal import ANSWERS, CANNOT_SAY, Bounds, place_of
from features.extractor import is_network, prepare
from features.given_features import Given
from features.weight_files import digest_of_file
from models import bundle
from models.bundle import Bundle, Findings
from models.bundled_view import BundledView
from models.training_reference import by_label, with_layouts
from models.views import METADATA, PIXELS, WORDS, Views, views_of
from progress import warn

IMAGES_AT_ONCE = 32
NOTHING: Mapping[str, np.ndarray] = MappingProxyType({})


class Ready(NamedTuple):
    """One image by extractor: its features (d,), or the input of a network that computes them."""

    features: dict[str, np.ndarray]
    inputs: dict[str, np.ndarray]


class WorkingBundle:
    """A bundle with its extractors, loaded once.

    `weights` is the file of the network's weights, if it has moved, or a folder for several. With
    `abstain` findings have answers that are wrong for at most this share of patients; 0: none.
    """

    def __init__(self, folder: Path | str, weights: str = "", abstain: float = 0.0) -> None:
        self.bundle, self.abstain = bundle.load(Path(folder)), abstain
        if abstain:
            bounds_of(self.bundle, abstain)
        own = [view for view in self.bundle.views.values() if _has_weights(view)]
        n_files = len({view.recipe["content"]["weights"] for view in own})
        if weights and not own:
            warn("--weights has no effect: this bundle uses no features of a network")
        self.extractors = {
            name: view.extractor(**moved_weights(view, weights, n_files))
            for name, view in self.bundle.views.items()
            if not view.from_file
        }
        # Embeddings from files of the images at hand.
        self.given: dict[str, Given] = {}
        self._try(Path(folder))

    def _try(self, folder: Path) -> None:
        """Refuse a bundle whose files do not fit each other, by predicting an image of noise."""
        try:
            self._check_answers()
        # Arrays of the wrong shape or type can raise anything.
        except Exception as error:
            raise BundleUnusable(
                f"The files of a bundle must fit each other; those of {folder} do not:"
                f" {first_line(error)}. Do not use this bundle; train it again."
            ) from error

    def _check_answers(self) -> None:
        classifier = self.bundle.classifier
        widths = dict(zip(classifier.view_names_.tolist(), classifier.view_widths_, strict=True))
        kinds = {name: self.bundle.views[name].kind for name in widths if name != METADATA}
        # A network takes seconds to run, and its weights are checked by their digest.
        if PIXELS in kinds.values():
            return
        # Noise has keypoints everywhere.
        plane = np.random.default_rng(0).integers(0, 256, (128, 128), np.uint8)
        views = self.assembled(
            {
                name: self.extractors[name].transform([plane])
                if kind == WORDS and name in self.extractors
                else np.zeros((1, widths[name]), np.float32)
                for name, kind in kinds.items()
            },
            None,
        )
        findings = self.findings(views)
        expected = 1, len(self.bundle.labels)
        if findings.raw.shape != expected or not np.isfinite(findings.calibrated).all():
            raise BundleUnusable(
                f"{self.bundle.name} does not give a probability for each of its labels"
            )
        if self.bundle.reference:
            probabilities = by_label(self.bundle.labels, findings.raw)
            compared = with_layouts(views, [EVEN])
            self.bundle.reference.observed([UNMEASURED], compared, probabilities)

    def views(
        self,
        planes: Sequence[np.ndarray],
        meta: pd.DataFrame | None = None,
        ids: np.ndarray | None = None,
    ) -> Views:
        """The classifier's inputs for n grey planes (h, w) uint8 and their metadata.

        Without `meta`, age, sex and view are unknown. Only bundles trained with them use them.
        Embeddings from files are looked up by `ids`.
        """
        with threadpool_limits(1, "blas"):
            features = {name: made.transform(planes) for name, made in self.extractors.items()}
        if ids is not None:
            features |= {name: each.of(ids).values for name, each in self.given.items()}
        return self.assembled(features, meta)

    @property
    def from_files(self) -> list[str]:
        """The blocks of features that come from files, not from an extractor."""
        return [name for name, view in self.bundle.views.items() if view.from_file]

    def prepare(self, plane: np.ndarray, known: Mapping[str, np.ndarray] = NOTHING) -> Ready:
        """What a thread can compute for a grey plane; features known by extractor are skipped."""
        made = {
            name: prepare(extractor, plane)
            for name, extractor in self.extractors.items()
            if name not in known
        }
        inputs = {name: each for name, each in made.items() if is_network(self.extractors[name])}
        features = {name: each for name, each in made.items() if name not in inputs}
        return Ready({**known, **features}, inputs)

    def joined(self, images: Sequence[Ready], meta: pd.DataFrame | None = None) -> Views:
        """The classifier's inputs for n images that are ready, at least one."""
        return self.assembled(
            {name: self._features(name, images) for name in self.bundle.views}, meta
        )

    def _features(self, name: str, images: Sequence[Ready]) -> np.ndarray:
        """The features (n, d) of one extractor; a network computes those that are missing."""
        extractor = self.extractors.get(name)
        inputs = [image.inputs[name] for image in images if name in image.inputs]
        computed: Iterator[np.ndarray] = iter(())
        if inputs and extractor and is_network(extractor):
            computed = iter(extractor.transform_images(np.stack(inputs)))
        return np.stack(
            [next(computed) if name in image.inputs else image.features[name] for image in images]
        )

    @property
    def takes_metadata(self) -> bool:
        """Whether the classifier also uses age, sex and view."""
        return METADATA in self.bundle.classifier.view_names_

    @property
    def words(self) -> list[str]:
        """The extractors of visual words; their features are zeros if an image has no keypoints."""
        return [name for name in self.extractors if self.bundle.views[name].kind == WORDS]

    def findings(self, views: Views) -> Findings:
        """Raw and calibrated probabilities and decisions, (n, k) each.

        The classifier always gets the same number of images, since libraries may choose another
        algorithm for another shape, and then the last digits differ.
        """
        batches = []
        for start in range(0, len(views), IMAGES_AT_ONCE):
            rows = np.arange(start, min(start + IMAGES_AT_ONCE, len(views)))
            findings = self.bundle.findings(views.select(np.resize(rows, IMAGES_AT_ONCE)))
            batches.append([values[: len(rows)] for values in findings])
        return Findings(*map(np.concatenate, zip(*batches, strict=True)))

    def answers(self, calibrated: np.ndarray, tta: int = 0) -> list[str | None]:
        """For each label of one image (1, k): present, absent or cannot say; None unless asked.

        Probabilities may be averaged over so many versions of it.
        """
        if not self.abstain:
            return [None] * len(self.bundle.labels)
        (answers,) = bounds_of(self.bundle, self.abstain, tta).answers(calibrated, self.abstain)
        return [CANNOT_SAY if np.isnan(each) else ANSWERS[int(each)] for each in answers]

    def assembled(self, features: dict[str, np.ndarray], meta: pd.DataFrame | None) -> Views:
        """Features by extractor as the classifier takes them."""
        taken = [name for name in self.bundle.classifier.view_names_.tolist() if name != METADATA]
        if self.takes_metadata and meta is None:
            meta = unknown_meta(len(next(iter(features.values()))))
        return views_of(
            {name: features[name] for name in taken},
            {name: view.kind for name, view in self.bundle.views.items()},
            meta if self.takes_metadata else None,
        )


def bounds_of(made: Bundle, level: float, tta: int = 0) -> Bounds:
    """The bounds of probabilities, or of their averages over so many versions of an image.

    A level that is not offered is refused, and a bundle without such bounds.
    """
    place_of(level)
    if tta:
        return _of_averages(made, tta)
    if made.bounds is None:
        raise InvalidOption(
            "--abstain needs bounds from validation images, which bundles have since version 0.2;"
            " this bundle has none. Train it again, or leave --abstain out."
        )
    return made.bounds


def _of_averages(made: Bundle, tta: int) -> Bounds:
    own = made.averaged_bounds
    if own is None or own.times != tta:
        present = f"those of --tta {own.times}" if own else "none"
        raise InvalidOption(
            f"--abstain with --tta {tta} needs a bundle with bounds of --tta {tta}; this one has"
            f" {present}. Train it again with --tta {tta}, or "
            + (f"type --tta {own.times}." if own else "leave --tta out.")
        )
    return own.bounds


def moved_weights(view: BundledView, weights: str, n_files: int = 1) -> dict[str, str]:
    """The option for a network whose weights have moved: of a folder, or of one file where the
    bundle needs several, the file with its digest.
    """
    if not weights or not _has_weights(view):
        return {}
    folder = Path(weights).is_dir()
    if not folder and n_files == 1:
        return {"weights": weights}
    expected = view.recipe["content"]["weights"]
    found = Path(weights).iterdir() if folder else [Path(weights)]
    files = sorted(path for path in found if path.is_file())
    moved = next((path for path in files if digest_of_file(path) == expected), None)
    return {"weights": str(moved)} if moved else {}


def _has_weights(view: BundledView) -> bool:
    return not view.from_file and "weights" in view.recipe["content"]
