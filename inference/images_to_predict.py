"""Which films `predict` works on: those named one by one, by folder, pattern or list."""

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
    """The films named; without any the test films of the data set, or all if none is."""
    if options.image:
        paths = [path for named in options.image for path in named_images(named)]
        return sources.images_named(paths, label_names)
    images = sources.images_for(options, label_names)
    asked = images.test if images.test.any() else np.ones(len(images), bool)
    # What is wrong with films that nobody asked for is not told here.
    return replace(images, skipped=()).select(asked)


def named_images(named: Path) -> list[Path]:
    """The films that a folder holds, a pattern fits or a list tells; else the path itself."""
    if named.is_dir():
        found = find_images(named)
    elif has_magic(str(named)) and not named.exists():
        fitting = map(Path, sorted(glob(str(named), recursive=True)))
        found = [path for path in fitting if path.is_file()]
    elif named.suffix.lower() in (LINES, TABLE):
        found = list(_listed(named))
    else:
        return [named]
    if not found:
        raise DatasetNotFound(
            f"A folder, pattern or list must name films; {named} names none. Films are PNG, JPEG or"
            " DICOM files; a list has a path on each line, or is a CSV with a column `path`."
        )
    return found


def _listed(path: Path) -> Iterator[Path]:
    """Paths in a list are relative to its folder."""
    if path.suffix.lower() == TABLE:
        frame = read_table(path)
        cells = frame[find_column(frame, "path", *IMAGE) or frame.columns[0]].tolist()
    else:
        cells = read_lines(path)
    return (path.parent / cell for cell in cells if cell)
