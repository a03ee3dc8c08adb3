"""What lies in the cache, whether it is sound, and what of it nobody uses any more."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from datasets import images
from errors import ImageUnreadable
from features.digests import Digests, state_of
from features.recipe import Recipe, digest, fingerprint
from features.store import RECIPE, digest_in_name

SECONDS_PER_DAY = 86_400
# A process that still writes a temporary file has touched it within the hour.
SECONDS_OF_WRITING = 3_600


class Stored(NamedTuple):
    """One store: its recipe ({} if damaged), how much is in it, when it was last used."""

    folder: Path
    recipe: dict[str, Any]
    films: int
    size: int
    last_use: float


def stores(cache: Path) -> list[Stored]:
    """Every store in the cache, the last used first."""
    folders = [path.parent for path in cache.glob(f"*/{RECIPE}")]
    return sorted(map(_stored, folders), key=lambda stored: -stored.last_use)


def damaged_files(cache: Path) -> Iterator[Path]:
    """Recipes, parts and learned states that are not those their names promise."""
    for path in sorted(cache.glob(f"*/{RECIPE}")):
        if _recipe(path.parent) is None:
            yield path
        for kept in sorted([*path.parent.glob("part-*"), *path.parent.glob("learned-*")]):
            if digest(kept.read_bytes()) != digest_in_name(kept):
                yield kept


def changed_films(digests: Digests) -> Iterator[tuple[str, str]]:
    """Films whose bytes are no longer those their digest was taken of, and what became of them."""
    for path, known in digests:
        state = state_of(path)
        try:
            found = digest(images.read_bytes(path))
        except ImageUnreadable:
            yield path, "is gone"
            digests.forget(path)
            continue
        if found != known:
            yield path, "has changed; its vectors will be computed anew"
        digests.remember(path, state, found)


def prune(cache: Path, days: float) -> Iterator[tuple[Path, int]]:
    """Remove stores unused for so many days, and what was set aside or never finished."""
    now = time.time()
    for stored in stores(cache):
        if now - stored.last_use >= days * SECONDS_PER_DAY:
            shutil.rmtree(stored.folder)
            yield stored.folder, stored.size
    for path in [*cache.glob("*/damaged-*"), *cache.glob("*/.*.tmp*"), *cache.glob(".*.tmp*")]:
        found = path.stat()
        if path.name.startswith("damaged-") or now - found.st_mtime > SECONDS_OF_WRITING:
            path.unlink()
            yield path, found.st_size


def _n_rows(part: Path) -> int:
    try:
        return int(pq.read_metadata(part).num_rows)
    except (pa.ArrowException, OSError, ValueError):
        return 0


def _recipe(folder: Path) -> Recipe | None:
    """The recipe that gave a store's folder its name; None if it is damaged."""
    try:
        recipe = json.loads((folder / RECIPE).read_text())
    except (ValueError, RecursionError):
        return None
    sound = isinstance(recipe, dict) and folder.name.endswith(f"-{fingerprint(recipe)}")
    return recipe if sound else None


def _stored(folder: Path) -> Stored:
    parts = list(folder.glob("part-*.parquet"))
    return Stored(
        folder,
        _recipe(folder) or {},
        sum(map(_n_rows, parts)),
        sum(path.stat().st_size for path in folder.iterdir()),
        (folder / RECIPE).stat().st_mtime,
    )
