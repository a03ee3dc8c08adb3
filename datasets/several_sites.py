"""The images of `--data` pooled with those of `--also`, each read in its own layout."""

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from datasets import label_names, sources
from datasets.images import Images
from datasets.labels import policy_of_all
from datasets.options import OF_FORMATS, Reading, Work
from datasets.pooled_sites import pooled
from errors import InvalidOption

# Options on one data set, which do not describe another.
OF_ONE = ("format", "label_table", "findings", "patient_pattern", *OF_FORMATS)
SPLITS = ("auto", "given", "random")


def images_of(options: Work, folders: Sequence[str]) -> Images:
    """The images of several sites with common findings; those asked for by `--findings`."""
    also = [Path(folder) for folder in folders]
    _check(options, also)
    first = sources.images_of(replace(options, map=None, findings=""))
    others = [sources.images_of(_reading(options, folder)) for folder in also]
    images = pooled([first, *others], options.map)
    asked = label_names.chosen("--findings", options.findings, images.label_names, images.source)
    if not asked or images.classes:
        return images
    columns = [images.label_names.index(name) for name in asked]
    return replace(images, labels=images.labels[:, columns], label_names=tuple(asked))


def _check(options: Work, also: Sequence[Path]) -> None:
    if options.data is None:
        raise InvalidOption(
            "--also adds a data set to that of --data; got no --data. Add --data FOLDER."
        )
    folders = [folder.resolve() for folder in (options.data, *also)]
    if len(set(folders)) < len(folders):
        raise InvalidOption(
            "--also must name data sets that differ from each other and from --data; got"
            f" {', '.join(map(str, also))}. Name each folder once."
        )


def _reading(options: Work, folder: Path) -> Work:
    """How another site is read: by its own layout, with the policies for all labels."""
    usual: dict[str, Any] = {
        item.name: item.default for item in fields(Reading) if item.name in OF_ONE
    }
    return replace(
        options,
        data=folder,
        uncertain=policy_of_all(options.uncertain, Reading.uncertain),
        blank=policy_of_all(options.blank, Reading.blank),
        split=options.split if options.split in SPLITS else "auto",
        **usual,
    )
