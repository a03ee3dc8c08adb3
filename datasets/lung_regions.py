"""Where the lungs are in each image: boxes of a table, or masks in a folder."""

from pathlib import Path

import numpy as np
import pandas as pd

from datasets import image_files
from datasets.files import find_images
from datasets.image_ids import rows_of
from datasets.images import Images
from datasets.label_tables import IMAGE
from datasets.tables import need_column, read_table
from errors import BadTable

# Names of the sides of a box, as COCO, NIH and others write them.
SIDES = (("x", "left", "xmin"), ("y", "top", "ymin"), ("w", "width"), ("h", "height"))
# A mask becomes strips: each run of cells in each of so many rows.
MASK_ROWS = 64


def lungs_of(path: Path, images: Images, shapes: np.ndarray) -> dict[str, np.ndarray]:
    """The lungs of each image that has any, by id: boxes (b, 4) in fractions of the image.

    `shapes` (n, 2) are the height and width of each image. A table has a row for each lung, with
    the image and `x`, `y`, `w`, `h` in pixels. In a folder, each mask is an image that is black
    outside of the lungs and has the name of its image.
    """
    found = _masks(path, images) if path.is_dir() else _boxes(path, images, shapes)
    if not found:
        raise BadTable(
            f"--lungs must name lungs of the images; {path} has none for any of the"
            f" {len(images):,} images of {images.source}. Check that names of images agree."
        )
    return found


def _boxes(path: Path, images: Images, shapes: np.ndarray) -> dict[str, np.ndarray]:
    frame = read_table(path)
    names = frame[need_column(frame, path, *IMAGE)]
    sides = np.column_stack([_numbers(frame, path, names) for names in SIDES])
    by_name = {name: sides[rows] for name, rows in names.groupby(names).indices.items()}
    rows, _ = rows_of([*by_name], images)
    values = [*by_name.values()]
    return {
        images.ids[image]: _clipped(values[row], *shapes[image])
        for image, row in enumerate(rows)
        if row >= 0 and not np.isnan(shapes[image]).any()
    }


def _numbers(frame: pd.DataFrame, path: Path, names: tuple[str, ...]) -> np.ndarray:
    column = need_column(frame, path, *names)
    numbers = pd.to_numeric(frame[column], errors="coerce").to_numpy(float)
    if not np.isfinite(numbers).all():
        bad = frame[column][~np.isfinite(numbers)].iloc[0]
        raise BadTable(
            f"{column} in {path} must be a number of pixels in every row; got {bad!r}. Correct it,"
            " or leave out that row."
        )
    return numbers


def _clipped(boxes: np.ndarray, height: float, width: float) -> np.ndarray:
    """Boxes (b, 4) in pixels as fractions of an image, without what lies outside of it."""
    first = boxes[:, :2] / (width, height)
    last = np.clip(first + boxes[:, 2:] / (width, height), 0, 1)
    first = np.clip(first, 0, 1)
    return np.hstack([first, last - first])


def _masks(folder: Path, images: Images) -> dict[str, np.ndarray]:
    files = {file.relative_to(folder).as_posix(): file for file in find_images(folder)}
    rows, _ = rows_of([*files], images)
    paths = [*files.values()]
    made = {
        images.ids[image]: strips_of(image_files.read(paths[row]) > 0)
        for image, row in enumerate(rows)
        if row >= 0
    }
    return {name: strips for name, strips in made.items() if len(strips)}


def strips_of(mask: np.ndarray) -> np.ndarray:
    """A mask (h, w) of booleans as boxes (b, 4) in fractions: its runs in rows of equal height."""
    height, width = mask.shape
    n_rows = min(MASK_ROWS, height)
    edges = np.linspace(0, height, n_rows + 1)
    middles = ((edges[1:] + edges[:-1]) / 2).astype(int)
    padded = np.pad(mask[middles], ((0, 0), (1, 1))).astype(np.int8)
    changes = np.diff(padded, axis=1)
    rows, starts = np.nonzero(changes == 1)
    _, ends = np.nonzero(changes == -1)
    return np.column_stack(
        [starts / width, rows / n_rows, (ends - starts) / width, np.full(len(rows), 1 / n_rows)]
    )
