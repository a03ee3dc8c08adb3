"""Which films `explain` shows: those named, or test films of the data set."""

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
    """The films named, or test films of the data set, those that show labels before others."""
    if options.image and options.data is None:
        if options.wrong:
            raise InvalidOption(
                "--wrong compares with a label table; image files alone have none. Name the folder"
                " they belong to with --data, or leave --wrong out."
            )
        return sources.images_named(options.image, label_names)
    # What is wrong with films that nobody asked for is not told here.
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
    strange = [str(path) for path in paths if path.resolve() not in known]
    if strange:
        raise DatasetNotFound(
            f"Films named beside --data must be films of {images.source}; {strange[0]} is none."
            " Leave --data out to explain any file."
        )
    return [known[path.resolve()] for path in paths]


def _test_images(images: Images, options: Explain, labels: Sequence[str]) -> list[int]:
    """The first test images in turn; with `--wrong` all, since any of them may have the worst."""
    checks.at_least("--n-images", options.n_images, 1)
    if not images.test.any():
        raise BadSplit(
            f"explain shows test films; split {images.split_name!r} has none. Name films, or type"
            " --split random."
        )
    rows = np.flatnonzero(images.test)
    if options.wrong:
        return rows.tolist()
    asked = [spelled(name, labels) or name for name in listed(options.labels)]
    order = in_turn(images.select(images.test), asked)
    return rows[order[: options.n_images]].tolist()


def in_turn(images: Images, asked: Sequence[str]) -> np.ndarray:
    """Row numbers: one image that shows each label, then the next for each, then the others.

    Boxes of a label show it, and so does the label table. Where no labels are asked for, images
    with boxes come before all others.
    """
    rows, columns = np.nonzero(images.labels == 1)
    names = np.array(images.label_names, object)[columns]
    labelled = pd.DataFrame({"id": images.ids[rows], "label": names})
    if asked:
        shown = pd.concat([images.boxes, labelled])
        return np.argsort(_turns(shown[shown["label"].isin(asked)], images), kind="stable")
    return np.lexsort((_turns(labelled, images), _turns(images.boxes, images)))


def _turns(shown: pd.DataFrame, images: Images) -> list[int]:
    """How many images show the same label before each does; a large number if it shows none."""
    first = shown.drop_duplicates("id")
    turns = dict(zip(first["id"], first.groupby("label").cumcount(), strict=True))
    return [turns.get(image, len(images)) for image in images.ids]
