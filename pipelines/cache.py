"""`cache`: list, verify or prune cached features."""

from datetime import datetime
from pathlib import Path
from typing import Any

import checks
from errors import DatasetNotFound
from features import pruning, upkeep
from features.digests import Digests
from pipelines import Result
from pipelines.command_options import Cache
from progress import size_of, warn

# The year 9999, after which nothing has a date.
LATEST = 253_370_764_800


def run(options: Cache) -> Result:
    """The result of the action, as text and values."""
    checks.one_of("The action", options.action, ACTIONS)
    if not options.cache.is_dir():
        raise DatasetNotFound(
            f"--cache must be a folder; there is none at {options.cache}. Name the folder that"
            " `extract` wrote to."
        )
    if options.days != Cache.days and options.action != "prune":
        warn(f"--days has no effect on {options.action}: only prune looks at last use")
    return ACTIONS[options.action](options)


def show(options: Cache) -> Result:
    """Each store with its parameters, images, size and last use."""
    stores = upkeep.stores(options.cache)
    lines = [f"{len(stores)} stores in {options.cache}"]
    values = []
    for stored in stores:
        used = datetime.fromtimestamp(min(stored.last_use, LATEST)).isoformat(" ", "minutes")
        lines += [
            f"{stored.folder.name}: {stored.images:,} images, {size_of(stored.size)},"
            f" last used {used}",
            f"    {_in_a_line(stored.recipe)}",
        ]
        values.append(
            {"films": stored.images, "bytes": stored.size, "last_use": used, **stored.recipe}
        )
    return Result(lines, {"stores": values})


def verify(options: Cache) -> Result:
    """Damaged files and changed images, by name; they make the exit code 1."""
    damaged = {str(path): what for path, what in upkeep.damaged_files(options.cache)}
    digests = Digests(options.cache)
    images = upkeep.changed_images(digests)
    changed = dict(images)
    digests.save()
    lines = [
        *(
            f"{what}: {path}; the next extract that needs it computes it again"
            for path, what in damaged.items()
        ),
        *(f"{path} {what}" for path, what in changed.items()),
        f"{len(upkeep.stores(options.cache))} stores: {len(damaged)} damaged files;"
        f" {len(digests):,} images: {len(changed)} changed or gone",
    ]
    values = {"damaged": list(damaged), "changed": changed}
    return Result(lines, values, len(damaged) + len(changed))


def prune(options: Cache) -> Result:
    """What was removed, the space that was freed, and what was left, with the reason."""
    pruned = list(pruning.prune(options.cache, options.days))
    removed = {str(each.path): each.size for each in pruned if not each.left}
    left = {str(each.path): each.left for each in pruned if each.left}
    lines = [
        *(f"removed {path}" for path in removed),
        *(f"left {path}: {why}" for path, why in left.items()),
        f"{size_of(sum(removed.values()))} freed",
    ]
    return Result(lines, {"removed": removed, "left": left})


ACTIONS = {"list": show, "verify": verify, "prune": prune}


def _in_a_line(recipe: dict[str, Any]) -> str:
    """The recipe as one line of text."""
    if not recipe:
        return "its recipe is damaged; the next extract that needs it writes it again"
    parts: dict[str, Any] = {}
    for name in ("parameters", "content", "libraries"):
        parts |= _mapping(recipe, name)
    trained = _mapping(recipe, "trained_on").get("films")
    learned = f"; learned from {trained:,} images" if isinstance(trained, int) else ""
    change = _mapping(recipe, "change")
    changed = f"; images changed by {_described(change)}" if change else ""
    facts = ", ".join(f"{name} {_short(value)}" for name, value in parts.items())
    return facts + learned + changed


def _described(change: dict[str, Any]) -> str:
    """The name of a change with its parameters."""
    given = {key: change[key] for key in change if key not in ("name", "version")}
    values = ", ".join(f"{key} {_short(value)}" for key, value in given.items())
    return f"{change.get('name')} ({values})"


def _mapping(recipe: dict[str, Any], name: str) -> dict[str, Any]:
    """A mapping in a recipe, which may be damaged; {} if it is none."""
    facts = recipe.get(name)
    return facts if isinstance(facts, dict) else {}


def _short(value: object) -> str:
    text = Path(value).name if isinstance(value, str) and "/" in value else str(value)
    return text if len(text) <= 20 else f"{text[:12]}…"
