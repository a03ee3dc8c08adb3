"""List and verify the feature stores in the cache."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import storage
from datasets import image_files
from errors import FileUnreadable, ImageUnreadable
from features import part_files
from features.digests import Digests
from features.recipe import Recipe, digest, fingerprint
from features.store import RECIPE
from features.store_files import NAME, digest_in_name

# A hundred times the size of the longest recipe.
MAX_RECIPE = 10_000_000


class Stored(NamedTuple):
    """One store: its recipe ({} if damaged), images, bytes and time of last use."""

    folder: Path
    recipe: dict[str, Any]
    images: int
    size: int
    last_use: float


def stores(cache: Path) -> list[Stored]:
    """All stores in the cache, the most recently used first."""
    return sorted(map(stored, folders(cache)), key=lambda each: -each.last_use)


def folders(cache: Path) -> list[Path]:
    """Folders with the name of a store and a recipe."""
    folders = (path.parent for path in cache.glob(f"*/{RECIPE}"))
    return sorted(folder for folder in folders if NAME.fullmatch(folder.name))


def damaged_files(cache: Path) -> Iterator[tuple[Path, str]]:
    """Recipes, parts and learned states whose content does not match their name, and why."""
    for folder in folders(cache):
        if recipe_in(folder) is None:
            yield folder / RECIPE, "damaged"
        for kept in sorted([*folder.glob("part-*"), *folder.glob("learned-*")]):
            try:
                if digest(storage.read_bytes(kept)) != digest_in_name(kept):
                    yield kept, "damaged"
            except FileNotFoundError:
                # Another process has just renamed it as damaged.
                continue
            except FileUnreadable as error:
                yield kept, f"unreadable ({error.strerror})"


def changed_images(digests: Digests) -> Iterator[tuple[str, str]]:
    """Images that changed since their digest was computed, and what happened to them."""
    for path, known in digests:
        state = storage.state_of(path)
        try:
            present = digest(image_files.read_bytes(path))
        except ImageUnreadable as error:
            yield path, "is gone" if state is None else f"is skipped: {error}"
            digests.forget(path)
            continue
        if present != known:
            yield path, "has changed; its features will be computed again"
        digests.remember(path, state, present)


def recipe_in(folder: Path) -> Recipe | None:
    """The recipe of a store; None if it is damaged or does not match the folder's name."""
    try:
        recipe = json.loads(storage.read_bytes(folder / RECIPE, MAX_RECIPE))
        name = f"{recipe['extractor']}-{fingerprint(recipe)}"
    # Invalid JSON and JSON that is no recipe raise many unrelated errors.
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return recipe if folder.name == name else None


def stored(folder: Path) -> Stored:
    """The content of a store, as far as its files can be read."""
    images = size = 0
    last_use = 0.0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_file(follow_symlinks=False):
                    continue
                info = entry.stat(follow_symlinks=False)
                size += info.st_size
                if entry.name == RECIPE:
                    last_use = info.st_mtime
                if entry.name.startswith("part-"):
                    images += _n_rows(Path(entry.path), info.st_size)
    except OSError:
        pass
    return Stored(folder, recipe_in(folder) or {}, images, size, last_use)


def _n_rows(part: Path, size: int) -> int:
    try:
        with storage.opened(part) as file:
            return part_files.count(file, size)
    except OSError:
        return 0
