"""The images that a bundle is evaluated on: those of one set of the split, or all of them."""

from dataclasses import replace

import numpy as np

import checks
from datasets.images import TEST, VALIDATION, Images
from errors import InvalidOption
from features.recipe import digest_of_ids
from models.bundle import Bundle

EVERY = "all"
PARTS = (TEST, VALIDATION, EVERY)


def in_part(sets: np.ndarray, part: str) -> np.ndarray:
    """Mask of what is in a part, from the set of each; an unknown part raises."""
    checks.one_of("--part", part, PARTS)
    return np.ones(len(sets), bool) if part == EVERY else sets == part


def images_in(images: Images, part: str, command: str) -> Images:
    """The images of a part for a command, without those skipped when the data set was read."""
    chosen = in_part(images.sets, part)
    if not chosen.any():
        raise InvalidOption(
            f"{command} needs images to evaluate; {images.source}, split {images.split_name}, has"
            f" no {part} images. Pass --part all, or another --split."
        )
    return replace(images, skipped=()).select(chosen)


def notes(images: Images, bundle: Bundle, unseen: bool) -> list[str]:
    """Limits of an evaluation of this bundle on a data set, as sentences.

    The images are all of the data set; `unseen` if only its test images are evaluated.
    """
    if not learned_from(images, bundle):
        return [
            f"the bundle was trained on {bundle.data}, split {bundle.split}; it is not known which"
            " of these images it was trained on"
        ]
    if unseen:
        return []
    return ["figures are too good: images include training or validation images of the bundle"]


def learned_from(images: Images, bundle: Bundle) -> bool:
    """Whether a bundle was trained on the training images of this split."""
    training = digest_of_ids(images.ids[images.train])
    learned = [view.recipe["trained_on"] for view in bundle.views.values()]
    same = all(images_seen in (None, training) for images_seen in learned)
    return same and (bundle.data, bundle.split) == (images.source, images.split_name)
