"""Image files below a folder, matched to the ids of a label table."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from operator import attrgetter
from pathlib import Path, PurePath
from typing import TypeVar

import storage
from datasets.image_files import SUFFIXES
from errors import BadTable, DatasetNotFound
from progress import warn

Item = TypeVar("Item")
NAME, STEM, PARTS = attrgetter("name"), attrgetter("stem"), attrgetter("parts")


def _plain_name(path: PurePath) -> str:
    return path.name.casefold()


def _plain_stem(path: PurePath) -> str:
    return path.stem.casefold()


# How an id matches a file name: exactly; without a suffix; with another suffix; and the last two
# again without regard to case, as on Windows.
WAYS = (
    *((NAME, NAME), (NAME, STEM), (STEM, STEM)),
    *((_plain_name, _plain_stem), (_plain_stem, _plain_stem)),
)


def find_images(root: Path, suffixes: tuple[str, ...] = SUFFIXES) -> list[Path]:
    """All image files below root, sorted by path."""
    # Sorts like the paths themselves, which Python compares slowly.
    return sorted(_walk(root, suffixes), key=PARTS)


def named(path: Path) -> Path:
    """The path, if it is valid UTF-8; tables and pages could not show it otherwise."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise DatasetNotFound(
            f"Paths of images must be valid UTF-8; got {os.fsencode(path)!r}. Rename the file, or"
            " the folder it is in."
        ) from error
    return path


def portable(name: str) -> str:
    """A path with forward slashes, as tables written on Linux and macOS have it."""
    return name.replace("\\", "/")


def near_miss(root: Path, ids: Sequence[str]) -> str:
    """A clause about a file with the name of an id but an unknown suffix; "" if there is none."""
    asked = {_plain_stem(PurePath(image)) for image in ids}
    others = (path for path in _walk(root, ("",)) if not path.name.lower().endswith(SUFFIXES))
    nearest = min((path for path in others if _plain_stem(path) in asked), default=None)
    kinds = ", ".join(SUFFIXES)
    return f"there is {nearest.relative_to(root)}, but images must be {kinds}" if nearest else ""


def by_name(ids: Iterable[str], files: list[Path]) -> dict[str, Path]:
    """The file of each id, matched by its name and by as many of its folders as exist here.

    Suffixes may differ or be left out. If the folders of an id do not exist here, the rest of its
    path decides, provided that no other id and no other file ends in the same way.
    """
    ids = list(ids)
    file_of = {} if any("/" in image for image in ids) else _by_whole_name(ids, files)
    waiting = {image: PurePath(image) for image in ids if image not in file_of}
    there = {path: path for path in files}
    deepest = min(_deepest(waiting.values()), _deepest(files))
    for depth, (of_id, of_file) in product(range(deepest, 0, -1), WAYS):
        if not waiting:
            break
        ends = _by_end(there, depth, of_file)
        taken = set(file_of.values())
        for end, images in _by_end(waiting, depth, of_id).items():
            whole = [image for image in images if len(waiting[image].parts) == depth]
            file_of |= _pair(images, whole, ends.get(end, []), taken)
        waiting = {image: path for image, path in waiting.items() if image not in file_of}
    return file_of


def _by_whole_name(ids: list[str], files: list[Path]) -> dict[str, Path]:
    """The file of each id that is its exact name, as in most tables; for ids without folders."""
    named_so: dict[str, list[Path]] = {}
    for path in files:
        named_so.setdefault(path.name, []).append(path)
    file_of: dict[str, Path] = {}
    for image in ids:
        file_of |= _pair([image], [image], named_so.get(image, []), set())
    return file_of


def _deepest(paths: Iterable[PurePath]) -> int:
    return max((len(path.parts) for path in paths), default=0)


def _by_end(
    paths: Mapping[Item, PurePath], depth: int, last: Callable[[PurePath], str]
) -> dict[tuple[str, ...], list[Item]]:
    """Items at least this deep, grouped by their last folders and by `last` of their name."""
    ends: dict[tuple[str, ...], list[Item]] = {}
    for item, path in paths.items():
        parts = path.parts
        if len(parts) >= depth:
            ends.setdefault((*parts[-depth:-1], last(path)), []).append(item)
    return ends


def _pair(
    images: list[str], whole: list[str], files: list[Path], taken: set[Path]
) -> dict[str, Path]:
    """The id and the file that share an ending with no other; files in `taken` do not count."""
    free = [path for path in files if path not in taken]
    if len(whole) == 1 and len(free) > 1:
        raise BadTable(
            f"The id of an image must match one image file; {whole[0]!r} matches {free[0]} and"
            f" {free[1]}. Name the folder in the label table too, or move one of the files"
            " elsewhere."
        )
    # Where several files end alike, the rest of an id with unknown folders is not enough.
    fitting = whole or (images if len(files) == 1 else [])
    return {fitting[0]: free[0]} if len(fitting) == len(free) == 1 else {}


def _walk(root: Path, suffixes: tuple[str, ...]) -> Iterator[Path]:
    for folder, subfolders, names in os.walk(root, onerror=_closed):
        subfolders[:] = [name for name in subfolders if not name.startswith(".")]
        place = Path(folder)
        for name in names:
            if name.lower().endswith(suffixes) and not name.startswith("."):
                yield named(place / name)


def _closed(error: OSError) -> None:
    """Warn of a folder that may not be read, such as a disk's `lost+found`."""
    if not isinstance(error, FileNotFoundError):
        warn(
            f"{error.filename} cannot be read ({storage.reason(error)}), so any images in it are"
            " left out. Ask its owner for permission to read it."
        )
