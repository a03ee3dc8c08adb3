"""Ids from other files, such as those of embeddings, matched to the images of a data set."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from datasets.files import by_name
from datasets.images import Images

# Ids that name other folders than those of their image, each with the image's path.
Moved = list[tuple[str, Path]]


def rows_of(ids: Sequence[str], images: Images) -> tuple[np.ndarray, Moved]:
    """The row (n,) of each image among the ids, -1 for none: by its id, else by its path.

    Ids match paths as those of label tables do: with or without a suffix, and by their folders.
    """
    index = {name: row for row, name in enumerate(ids)}
    rows = np.array([index.get(name, -1) for name in images.ids], int)
    taken = set(images.ids[rows >= 0])
    others = [name for name in index if name not in taken]
    left = np.flatnonzero(rows < 0)
    places = {Path(images.paths[row] or images.ids[row]): row for row in left}
    moved = []
    for name, path in by_name(others, list(places)).items():
        rows[places[path]] = index[name]
        if not _in_its_folders(Path(name), path):
            moved.append((name, path))
    return rows, moved


def _in_its_folders(name: Path, path: Path) -> bool:
    """Whether the folders of an id are the last folders of a path."""
    folders = name.parts[:-1]
    return not folders or path.parts[:-1][-len(folders) :] == folders
