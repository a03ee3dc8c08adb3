"""Image files below a folder, and which film each belongs to."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from datasets.images import SUFFIXES
from errors import DatasetNotFound


def find_images(root: Path, suffixes: tuple[str, ...] = SUFFIXES) -> list[Path]:
    """Every image file below root, in the order of their paths."""
    return sorted(_walk(root, suffixes))


def named(path: Path) -> Path:
    """The path itself, if its name is text; tables and pictures could not name it otherwise."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise DatasetNotFound(
            f"Paths of films must be UTF-8; got {os.fsencode(path)!r}. Rename the file, or the"
            " folder it is in."
        ) from error
    return path


def by_name(ids: Iterable[str], files: list[Path]) -> dict[str, Path]:
    """File of each id by its name, else by its name without suffix (films saved again as JPEG)."""
    exact = {path.name: path for path in files}
    stems = {path.stem: path for path in files}
    pairs = ((name, exact.get(Path(name).name) or stems.get(Path(name).stem)) for name in ids)
    return {name: path for name, path in pairs if path}


def _walk(root: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        for name in names:
            if name.lower().endswith(suffixes) and not name.startswith("."):
                yield named(Path(folder, name))
