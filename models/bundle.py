"""Bundles: a trained model as a folder of plain data with digests, without pickle."""

import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import numpy as np

from arrays import plain
from datasets import tasks
from errors import BadArrays, BundleUnusable, HybridError, StorageFailed, first_line
from evaluation.class_choice import most_probable
from evaluation.conformal import Bounds
from features.renamed_parameters import renamed
from models import bundled_bounds
from models.bundle_fields import check_contents
from models.bundle_manifest import CONTENTS, FORMAT, OF_LABELS, Manifest, contents, seal, unseal
from models.bundled_bounds import AveragedBounds
from models.bundled_view import BundledView
from models.calibration import Calibration
from models.classifier import Classifier
from models.named import plugin
from models.seen_images import SeenImages
from models.temperature import Temperature
from models.test_time_augmentation import averaged
from models.training_reference import Reference
from models.views import Views

CLASSIFIER, CALIBRATION, VIEWS, SEEN = "classifier", "calibration.npz", "views", "seen.npz"
REFERENCE = "reference.npz"
# What `train` writes next to the files of a bundle.
WRITTEN_BY_TRAIN = (
    *("card.md", "curves.png", "curves.svg", "curves.pdf", "skipped.csv", "augmented.png"),
    *("spread.csv", "logs", "config.toml", "images.json", "trials.csv", "trials.sqlite"),
)


class Findings(NamedTuple):
    """Raw and calibrated probabilities of n images and what is decided, each (n, k).

    `present` holds True, False or, where the label has no threshold, None: not decided.
    """

    raw: np.ndarray
    calibrated: np.ndarray
    present: np.ndarray

    def rows(self, which: np.ndarray) -> "Findings":
        """The findings of these images alone: a mask or row numbers."""
        return Findings(*(values[which] for values in self))


@dataclass(frozen=True)
class Bundle:
    """A fitted classifier with everything needed to apply it to new images.

    `name` is as it was typed: its plug-in, and what that takes. `thresholds` (k,) are for
    calibrated probabilities, NaN where no validation image was positive. `data` and `split` name
    what it was trained on, `seen` the very images, `reference` how they were distributed; older
    bundles lack these and what `--abstain` needs: `bounds`, and `averaged_bounds` with `--tta`. Of
    exclusive `classes` each image has one; of two, `labels` has one. The most probable is decided.
    """

    name: str
    classifier: Classifier
    labels: tuple[str, ...]
    views: dict[str, BundledView]
    calibration: Calibration | Temperature
    thresholds: np.ndarray
    data: str
    split: str
    classes: tuple[str, ...] = ()
    seen: SeenImages | None = None
    bounds: Bounds | None = None
    reference: Reference | None = None
    averaged_bounds: AveragedBounds | None = None

    def findings(self, views: Views) -> Findings:
        """The probabilities and decisions for images."""
        raw = self.classifier.predict_proba(views)
        return self._decided(raw, self.calibration(raw))

    def averaged(self, versions: Sequence[Findings]) -> tuple[Findings, np.ndarray | None]:
        """Findings by the mean over images and their versions, which follow; the spread (n, k)."""
        if len(versions) == 1:
            return versions[0], None
        calibrated, spread = averaged([each.calibrated for each in versions])
        raw, _ = averaged([each.raw for each in versions])
        return self._decided(raw, calibrated), spread

    def _decided(self, raw: np.ndarray, calibrated: np.ndarray) -> Findings:
        if self.chooses_class:
            return Findings(raw, calibrated, most_probable(calibrated).astype(object))
        present = (calibrated >= self.thresholds).astype(object)
        present[:, np.isnan(self.thresholds)] = None
        return Findings(raw, calibrated, present)

    @property
    def chooses_class(self) -> bool:
        """Whether the most probable of the labels is decided, without thresholds."""
        return len(self.classes) > 2

    @property
    def other_class(self) -> str:
        """Of two classes the one that is no label, which an image has if it lacks the label."""
        return next((name for name in self.classes if name not in self.labels), "")

    def class_of(self, present: np.ndarray) -> str | None:
        """The class of an image by decisions on its labels (k,); None if they are independent."""
        chosen = (name for name, each in zip(self.labels, present, strict=True) if each)
        return next(chosen, self.other_class) if self.classes else None

    @property
    def undecided(self) -> tuple[str, ...]:
        """Labels that are decided for no image, since they lack a threshold."""
        if self.chooses_class:
            return ()
        pairs = zip(self.labels, np.isnan(self.thresholds), strict=True)
        return tuple(name for name, missing in pairs if missing)

    def without_guarantee(self, level: float) -> tuple[str, ...]:
        """Labels whose answers at a level are always "cannot say", for want of patients."""
        if not self.bounds:
            return self.labels
        pairs = zip(self.labels, self.bounds.guaranteed(level), strict=True)
        return tuple(name for name, enough in pairs if not enough)


def save(bundle: Bundle, folder: Path, keep_as: Path | None = None) -> None:
    """Write a bundle; an older one in the folder is replaced once the new one is complete.

    With `keep_as`, the older one is moved there.
    """
    check_folder(folder)
    temporary, unused = (folder.with_name(f".{folder.name}.{uuid4().hex}.tmp") for _ in range(2))
    aside = keep_as or unused
    try:
        _write(bundle, temporary)
        # The old bundle is moved first, so that there is no bundle only between two renames.
        with suppress(FileNotFoundError):
            folder.rename(aside)
        temporary.rename(folder)
    except OSError as error:
        raise StorageFailed(
            f"{folder} must be a folder that can be written; {error.strerror}. Name another with"
            " --out."
        ) from error
    finally:
        # An interrupt may come between the two renames, too.
        if not folder.exists():
            with suppress(OSError):
                aside.rename(folder)
        shutil.rmtree(temporary, ignore_errors=True)
        if folder.exists() and not keep_as:
            shutil.rmtree(aside, ignore_errors=True)


def check_folder(folder: Path) -> None:
    """Refuse a file, and a folder with other files than a bundle, which would be replaced."""
    if folder.exists() and not folder.is_dir():
        raise StorageFailed(f"A bundle needs a folder; {folder} is a file. Name one with --out.")
    if folder.exists() and (others := _others(folder)):
        raise StorageFailed(
            f"A bundle needs a folder that is new, empty or a bundle; {folder} holds other files,"
            f" such as {others[0]}. Name another with --out, or move them away."
        )


def _others(folder: Path) -> list[str]:
    """Files of a folder that do not belong to a bundle; all if bundle.json is not intact."""
    files = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if not path.is_dir()]
    try:
        known = {CONTENTS, *contents(folder)["files"]}
    except HybridError:
        known = set()
    return [
        str(path)
        for path in files
        if not known or (path.as_posix() not in known and path.parts[0] not in WRITTEN_BY_TRAIN)
    ]


def load(folder: Path) -> Bundle:
    """The bundle in a folder, after all files are checked; no code in a file runs."""
    manifest = unseal(folder)
    try:
        return _read(manifest, folder)
    # The errors of Keras' safe mode, NumPy and XGBoost have no common ancestor.
    except Exception as reason:
        if isinstance(reason, HybridError) and not isinstance(reason, BadArrays):
            raise
        raise BundleUnusable(
            f"{folder} must be safe to load; {first_line(reason)}. It was made with"
            f" {manifest.get('versions')}: use those versions, or train again."
        ) from reason


def _write(bundle: Bundle, folder: Path) -> None:
    bundle.classifier.save(folder / CLASSIFIER)
    bundle.calibration.save(folder / CALIBRATION)
    bundled_bounds.save(bundle.bounds, bundle.averaged_bounds, folder)
    for name, view in bundle.views.items():
        view.save(folder / VIEWS / name)
    if bundle.seen:
        bundle.seen.save(folder / SEEN)
    if bundle.reference:
        bundle.reference.save(folder / REFERENCE)
    manifest = {
        "classifier": bundle.name,
        "options": bundle.classifier.get_params(),
        "labels": bundle.labels,
        "thresholds": [plain(value) for value in bundle.thresholds],
        "views": {name: view.facts for name, view in bundle.views.items()},
        "data": bundle.data,
        "split": bundle.split,
        "versions": {name: sys.modules[name].__version__ for name in bundle.classifier.libraries},
    }
    if bundle.classes:
        manifest |= {"task": tasks.EXCLUSIVE, "classes": bundle.classes}
    seal(folder, manifest, FORMAT if bundle.classes else OF_LABELS)


def _read(manifest: Manifest, folder: Path) -> Bundle:
    check_contents(manifest, folder)
    kind = plugin(manifest["classifier"])
    made = kind(**renamed(manifest["options"], signature(kind).parameters))
    views, classes = manifest["views"].items(), tuple(manifest.get("classes", ()))
    return Bundle(
        manifest["classifier"],
        made.load(folder / CLASSIFIER),
        tuple(manifest["labels"]),
        {name: BundledView.load(folder / VIEWS / name, view) for name, view in views},
        Temperature.load(folder / CALIBRATION)
        if classes
        else Calibration.load(folder / CALIBRATION, len(manifest["labels"])),
        np.array(manifest["thresholds"], np.float32),
        manifest["data"],
        manifest["split"],
        classes,
        SeenImages.load(folder / SEEN) if SEEN in manifest["files"] else None,
        bundled_bounds.load(folder, manifest["files"], len(manifest["labels"])),
        Reference.load(folder / REFERENCE) if REFERENCE in manifest["files"] else None,
        bundled_bounds.load_averaged(folder, manifest["files"], len(manifest["labels"])),
    )
