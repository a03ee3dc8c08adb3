"""A folder whose bundle.json knows the digest of every file in it, and its own."""

import json
from pathlib import Path, PurePosixPath
from typing import Any

import storage
from errors import BundleUnusable, FileUnreadable
from escapes import as_json

CONTENTS = "bundle.json"
# 1: until parameters took the names of scikit-learn, XGBoost and Keras.
FORMAT = 2
MAX_CONTENTS = 100_000_000
CHANGED = (
    "Every file of a bundle must be as it was written; {} {}. Copy the bundle again, or train anew."
)

Told = dict[str, Any]


def seal(folder: Path, told: Told) -> None:
    """Write bundle.json beside the files of a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    digests = {
        path.relative_to(folder).as_posix(): storage.sha256_of(path.read_bytes()) for path in files
    }
    sealed = {"format": FORMAT, **told, "files": digests}
    text = _shown(sealed | {"digest": storage.sha256_of(_text(sealed).encode())})
    (folder / CONTENTS).write_text(text, encoding="utf-8")


def unseal(folder: Path) -> Told:
    """What bundle.json tells, if this program can read it and no file is missing or changed."""
    told = contents(folder)
    if told["format"] > FORMAT:
        raise BundleUnusable(
            f"A bundle must be of format {FORMAT} or older; {folder} is of format"
            f" {told['format']}. Use the newer version of this program that made it."
        )
    for name, digest in told["files"].items():
        _check(folder, name, digest)
    return told


def contents(folder: Path) -> Told:
    """What bundle.json says, if it is as it was sealed; other files are not looked at."""
    path = folder / CONTENTS
    if not path.is_file():
        raise BundleUnusable(
            f"A bundle must be a folder with {CONTENTS}; {folder} has none. Make one with `train`."
        )
    try:
        text = storage.read_text(path, MAX_CONTENTS)
        told = json.loads(text)
        # Bundles of earlier days hold characters that are not seen as they are.
        as_written = text in (_shown(told), _text(told))
        digest = told.pop("digest")
        # A newer format may be written in another way; that it is newer is what must be said.
        sound = told["format"] > FORMAT or (
            as_written and digest == storage.sha256_of(_text(told).encode())
        )
    except FileUnreadable:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise BundleUnusable(CHANGED.format(path, "has changed"))
    return told


def _check(folder: Path, name: str, digest: str) -> None:
    inside = PurePosixPath(name)
    if inside.is_absolute() or ".." in inside.parts:
        raise BundleUnusable(
            f"Files of a bundle must lie in its folder; {folder} names {name!r}. Do not use it."
        )
    path = folder / inside
    found = storage.sha256_of(storage.read_bytes(path)) if path.is_file() else ""
    if found != digest:
        raise BundleUnusable(CHANGED.format(path, "has changed" if found else "is missing"))


def _text(told: Told) -> str:
    return json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _shown(told: Told) -> str:
    return as_json(told, indent=1, allow_nan=False) + "\n"
