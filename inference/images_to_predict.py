"""Which images `predict` takes: files, or those of folders, patterns, lists or a data set."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from glob import glob, has_magic
from pathlib import Path

import numpy as np

from datasets import sources
from datasets.files import find_images
from datasets.images import Images
from datasets.label_tables import IMAGE
from datasets.tables import find_column, read_lines, read_table
from errors import DatasetNotFound
from inference.bundle_options import Predict

LINES, TABLE = ".txt", ".csv"


def images_asked(options: Predict, label_names: Sequence[str]) -> Images:
    """The images named, or else the test images of the data set; all if it has no test set."""
    if options.image:
        paths = [path for named in options.image for path in named_images(named)]
        return sources.images_named(paths, label_names)
    images = sources.images_for(options, label_names)
    asked = images.test if images.test.any() else np.ones(len(images), bool)
    # Only images that are predicted are listed as skipped.
    return replace(images, skipped=()).select(asked)


def named_images(named: Path) -> list[Path]:
    """The images of a folder, pattern or list; for any other path, the path itself."""
    if named.is_dir():
        paths = find_images(named)
    elif has_magic(str(named)) and not named.exists():
        fitting = map(Path, sorted(glob(str(named), recursive=True)))
        paths = [path for path in fitting if path.is_file()]
    elif named.suffix.lower() in (LINES, TABLE):
        paths = list(_listed(named))
    else:
        return [named]
    if not paths:
        raise DatasetNotFound(
            f"A folder, pattern or list must contain images; {named} contains none. Images are"
            " PNG, JPEG or DICOM files. A list has a path on each line; a CSV has a column `path`."
        )
    return paths


def _listed(path: Path) -> Iterator[Path]:
    """The paths in a list, which are relative to its folder."""
    if path.suffix.lower() == TABLE:
        frame = read_table(path)
        cells = frame[find_column(frame, "path", *IMAGE) or frame.columns[0]].tolist()
    else:
        cells = read_lines(path)
    return (path.parent / cell for cell in cells if cell)
