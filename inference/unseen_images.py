"""The images of a data set that a bundle has not learned from, to evaluate it on."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from datasets import image_files
from datasets.images import Caution, Images
from errors import ImageUnreadable, InvalidOption
from features.digests import Digests
from features.recipe import digest
from inference.images_to_evaluate import learned_from
from models.bundle import Bundle
from progress import step


def unseen(images: Images, bundle: Bundle, cache: Path) -> Images:
    """The images less those that the bundle learned from, and less others of their patients.

    A note counts them. An older bundle does not know its images: if the data set and the split are
    those of its training, the test images are left, else a note warns.
    """
    if bundle.seen is None:
        return _by_split(images, bundle)
    step("looking for images that the bundle has seen")
    seen = bundle.seen.has(digests_of(images, cache))
    step("")
    theirs = np.isin(images.patients, images.patients[seen])
    if not seen.any():
        note = "no image is the same file as one that the bundle has learned from"
        return replace(images, notes=(*images.notes, note))
    note = (
        f"{seen.sum():,} images were left out because the bundle has learned from the same files,"
        f" and {(theirs & ~seen).sum():,} others because they are of the same patients"
    )
    return _kept(images, ~theirs, note)


def digests_of(images: Images, cache: Path) -> list[str]:
    """The digest of each image file as it is now; "" for one that cannot be read."""
    known = Digests(cache)
    return [known.of(path) or _digest(path) for path in images.paths]


def _digest(path: str) -> str:
    with suppress(ImageUnreadable):
        return digest(image_files.read_bytes(path))
    return ""


def _by_split(images: Images, bundle: Bundle) -> Images:
    if learned_from(images, bundle):
        aside = images.train | images.validation
        note = (
            f"{aside.sum():,} training and validation images of the bundle were left out, by the"
            f" split {images.split_name}"
        )
        return _kept(images, ~aside, note)
    note = Caution(
        "this bundle is from before bundles kept digests of their images, so it is not known which"
        f" of these images it has learned from (it was trained on {bundle.data}, split"
        f" {bundle.split}). Train it again to have them left out"
    )
    return replace(images, notes=(*images.notes, note))


def _kept(images: Images, which: np.ndarray, note: str) -> Images:
    if not which.any():
        raise InvalidOption(
            f"A bundle must be evaluated on images that it has not learned from; {images.source}"
            " has none. Name another data set with --data."
        )
    return replace(images.select(which), notes=(*images.notes, note))
