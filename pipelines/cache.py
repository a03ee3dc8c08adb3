"""`cache list`, `cache verify`, `cache prune`."""

from datetime import datetime
from pathlib import Path
from typing import Any

import checks
from errors import DatasetNotFound
from features import upkeep
from features.digests import Digests
from pipelines.options import Cache
from pipelines.results import Result
from pipelines.sizes import size_of


def run(options: Cache) -> Result:
    """What the action found or did, as text and values."""
    checks.one_of("The action", options.action, ACTIONS)
    if not options.cache.is_dir():
        raise DatasetNotFound(
            f"--cache must be a folder; there is none at {options.cache}. Name the one that"
            " `extract` wrote to."
        )
    return ACTIONS[options.action](options)


def show(options: Cache) -> Result:
    """Each store with its parameters, films, size and last use."""
    stores = upkeep.stores(options.cache)
    lines = [f"{len(stores)} stores in {options.cache}"]
    values = []
    for stored in stores:
        used = datetime.fromtimestamp(stored.last_use).isoformat(" ", "minutes")
        lines += [
            f"{stored.folder.name}: {stored.films:,} films, {size_of(stored.size)},"
            f" last used {used}",
            f"    {_told(stored.recipe)}",
        ]
        values.append(
            {"films": stored.films, "bytes": stored.size, "last_use": used, **stored.recipe}
        )
    return Result(lines, {"stores": values})


def verify(options: Cache) -> Result:
    """Damaged parts and changed films, by name; they make the exit code 1."""
    damaged = [str(path) for path in upkeep.damaged_files(options.cache)]
    digests = Digests(options.cache)
    films = upkeep.changed_films(digests)
    changed = dict(films)
    digests.save()
    lines = [
        *(f"damaged: {path}; the next extract that needs it makes it anew" for path in damaged),
        *(f"{path} {what}" for path, what in changed.items()),
        f"{len(upkeep.stores(options.cache))} stores: {len(damaged)} damaged files;"
        f" {len(digests):,} films: {len(changed)} changed or gone",
    ]
    return Result(lines, {"damaged": damaged, "changed": changed}, len(damaged) + len(changed))


def prune(options: Cache) -> Result:
    """What was removed, and how much room that made."""
    removed = dict(upkeep.prune(options.cache, options.days))
    lines = [f"removed {path}" for path in removed]
    lines.append(f"{size_of(sum(removed.values()))} freed")
    return Result(lines, {"removed": {str(path): n for path, n in removed.items()}})


ACTIONS = {"list": show, "verify": verify, "prune": prune}


def _told(recipe: dict[str, Any]) -> str:
    """The recipe in a line."""
    if not recipe:
        return "its recipe is damaged; the next extract that needs it writes it anew"
    parts = recipe["parameters"] | recipe["content"] | recipe["libraries"]
    trained = recipe["trained_on"]
    learned = f"; learned from {trained['films']:,} films" if trained else ""
    return ", ".join(f"{name} {_short(value)}" for name, value in parts.items()) + learned


def _short(value: object) -> str:
    text = Path(value).name if isinstance(value, str) and "/" in value else str(value)
    return text if len(text) <= 20 else f"{text[:12]}…"
