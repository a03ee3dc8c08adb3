"""Which images `explain` shows: those named, or test images of the data set."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import checks
from datasets import sources
from datasets.images import Images
from datasets.label_names import spelled
from datasets.options import listed
from errors import BadSplit, DatasetNotFound, InvalidOption
from inference import wrong_calls
from inference.bundle_options import Explain


def images_asked(options: Explain, label_names: Sequence[str]) -> Images:
    """The images named, or test images of the data set, those that show labels first."""
    if options.image and options.data is None:
        if options.wrong:
            raise InvalidOption(
                "--wrong needs a label table; image files without a data set have none. Name the"
                " folder they belong to with --data, or omit --wrong."
            )
        return sources.images_named(options.image, label_names)
    # Only images that are explained are listed as skipped.
    images = replace(sources.images_for(options, label_names), skipped=())
    rows = (
        _named(images, options.image)
        if options.image
        else _test_images(images, options, label_names)
    )
    chosen = images.select(np.isin(np.arange(len(images)), rows))
    if options.wrong:
        wrong_calls.check(chosen, label_names)
    return chosen


def _named(images: Images, paths: Sequence[Path]) -> list[int]:
    known = {Path(path).resolve(): row for row, path in enumerate(images.paths)}
    unknown = [str(path) for path in paths if path.resolve() not in known]
    if unknown:
        raise DatasetNotFound(
            f"With --data, images must belong to the data set; {unknown[0]} is not an image of"
            f" {images.source}. Omit --data to explain any file."
        )
    return [known[path.resolve()] for path in paths]


def _test_images(images: Images, options: Explain, labels: Sequence[str]) -> list[int]:
    """The first test images in turn; with `--wrong` all, since any of them may have the worst."""
    checks.at_least("--n-images", options.n_images, 1)
    if not images.test.any():
        raise BadSplit(
            f"explain needs test images; split {images.split_name!r} has none. Name image files, or"
            " pass --split random."
        )
    rows = np.flatnonzero(images.test)
    if options.wrong:
        return rows.tolist()
    asked = [spelled(name, labels) or name for name in listed(options.labels)]
    order = in_turn(images.select(images.test), asked)
    return rows[order[: options.n_images]].tolist()


def in_turn(images: Images, asked: Sequence[str]) -> np.ndarray:
    """Row numbers: one image with each label, then a second one for each, and so on; others last.

    An image has a label by its boxes or by the label table. Where no labels are asked for, images
    with boxes come first.
    """
    rows, columns = np.nonzero(images.labels == 1)
    names = np.array(images.label_names, object)[columns]
    labelled = pd.DataFrame({"id": images.ids[rows], "label": names})
    if asked:
        shown = pd.concat([images.boxes, labelled])
        return np.argsort(_turns(shown[shown["label"].isin(asked)], images), kind="stable")
    return np.lexsort((_turns(labelled, images), _turns(images.boxes, images)))


def _turns(shown: pd.DataFrame, images: Images) -> list[int]:
    """How many earlier images have the same label; a large number for images without one."""
    first = shown.drop_duplicates("id")
    turns = dict(zip(first["id"], first.groupby("label").cumcount(), strict=True))
    return [turns.get(image, len(images)) for image in images.ids]
