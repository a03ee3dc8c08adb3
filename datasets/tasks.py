"""The task of a data set: classes of which each image has exactly one, or independent labels."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from datasets.images import Images
from datasets.tables import letters_of
from errors import InvalidOption

AUTO, EXCLUSIVE, MULTILABEL = TASKS = ("auto", "exclusive", "multilabel")
FOLDERS = "folders"
# Of a table that auto takes for exclusive classes.
FEWEST = 20
# Names of the class of images without the disease, as letters in lower case.
HEALTHY = ("normal", "nofinding", "nofindings", "healthy", "negative", "control", "none", "well")
PREFIXES = ("no", "non", "not", "without")


def of(classes: Sequence[str]) -> str:
    """The task by its classes, of which there are none where labels are independent."""
    return EXCLUSIVE if classes else MULTILABEL


def resolved(images: Images, task: str) -> Images:
    """The images with their classes, and a note that names them; of two classes one is the label.

    auto: exclusive for class folders, and where every image of a table has exactly one of several
    labels, unless the images are so few that this may be chance.
    """
    if task == MULTILABEL or (task == AUTO and not are_exclusive(images)):
        return images
    _check(images)
    names = images.label_names
    note = f"task: exclusive, each image has one of {len(names)} classes: {', '.join(names)}"
    images = replace(images, classes=names)
    if len(names) == 2:
        label = positive_class(names)
        column = [names.index(label)]
        images = replace(images, labels=images.labels[:, column], label_names=(label,))
        note += f"; figures are those of {label}"
    return replace(images, notes=(*images.notes, note))


def with_all_classes(images: Images) -> Images:
    """The images with a label for each class, to look any of them up by its name."""
    return replace(
        images, labels=images.class_labels, label_names=images.classes or images.label_names
    )


def positive_class(names: Sequence[str]) -> str:
    """Of two classes the one that figures are about: the other one is healthy, by its name.

    If that does not decide it, the second in alphabetical order, as in scikit-learn.
    """
    first, second = sorted(names)
    healthy = [is_healthy(first, second), is_healthy(second, first)]
    return first if healthy == [False, True] else second


def is_healthy(name: str, other: str) -> bool:
    """Whether a class is that of images without the disease: NORMAL, No Finding, non-COVID."""
    letters, disease = letters_of(name), letters_of(other)
    return letters in HEALTHY or letters in {f"{prefix}{disease}" for prefix in PREFIXES}


def are_exclusive(images: Images) -> bool:
    """Whether auto takes the labels for exclusive classes."""
    enough = len(images) >= (1 if images.format == FOLDERS else FEWEST)
    return enough and len(images.label_names) > 1 and bool((_counts(images) == 1).all())


def _counts(images: Images) -> np.ndarray:
    """How many labels each image has, (n,); 0 too where one is not reported."""
    known = ~np.isnan(images.labels).any(axis=1)
    return np.where(known, (images.labels == 1).sum(axis=1), 0)


def _check(images: Images) -> None:
    if len(images.label_names) < 2:
        raise InvalidOption(
            f"--task exclusive needs at least two classes; got {', '.join(images.label_names)}."
            " Name more with --findings, or pass --task multilabel."
        )
    counts = _counts(images)
    wrong = np.flatnonzero(counts != 1)
    if len(wrong):
        n_none, n_several = np.count_nonzero(counts == 0), np.count_nonzero(counts > 1)
        raise InvalidOption(
            f"--task exclusive needs exactly one label for each image; of {len(images):,} images"
            f" {n_none:,} have none or one that is not reported, and {n_several:,} have several,"
            f" such as {images.ids[wrong[0]]!r}. Correct the labels, or pass --task multilabel."
        )
