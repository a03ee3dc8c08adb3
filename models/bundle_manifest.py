"""bundle.json, which holds the digest of every file of a bundle, and its own."""

import json
from pathlib import Path, PurePosixPath
from typing import Any

import storage
from errors import BundleUnusable, FileUnreadable
from escapes import as_json

CONTENTS = "bundle.json"
# Format 1 has the parameter names from before those of scikit-learn, XGBoost and Keras.
# Format 3 has exclusive classes, whose probabilities an earlier version would compute wrongly.
OF_LABELS, FORMAT = 2, 3
MAX_CONTENTS = 100_000_000
CHANGED = (
    "Every file of a bundle must be as it was written; {} {}. Copy the bundle, or train, again."
)

Manifest = dict[str, Any]


def seal(folder: Path, manifest: Manifest, version: int = OF_LABELS) -> None:
    """Write bundle.json of this version of the format for the files of a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    digests = {
        path.relative_to(folder).as_posix(): storage.sha256_of(path.read_bytes()) for path in files
    }
    sealed = {"format": version, **manifest, "files": digests}
    text = _shown(sealed | {"digest": storage.sha256_of(_text(sealed).encode())})
    (folder / CONTENTS).write_text(text, encoding="utf-8")


def unseal(folder: Path) -> Manifest:
    """The contents of bundle.json; unknown formats and missing or changed files raise."""
    manifest = contents(folder)
    if manifest["format"] > FORMAT:
        raise BundleUnusable(
            f"A bundle must be of format {FORMAT} or older; {folder} is of format"
            f" {manifest['format']}. Use the newer version of this program that made it."
        )
    for name, digest in manifest["files"].items():
        _check(folder, name, digest)
    return manifest


def contents(folder: Path) -> Manifest:
    """The contents of bundle.json; it raises if they were changed. Other files are not checked."""
    path = folder / CONTENTS
    if not path.is_file():
        raise BundleUnusable(
            f"A bundle must be a folder with {CONTENTS}; {folder} has none. Make one with `train`."
        )
    try:
        text = storage.read_text(path, MAX_CONTENTS)
        manifest = json.loads(text)
        # Earlier versions wrote invisible characters without escapes.
        as_written = text in (_shown(manifest), _text(manifest))
        digest = manifest.pop("digest")
        # A newer format may be written differently, and then the error must say that it is newer.
        sound = manifest["format"] > FORMAT or (
            as_written and digest == storage.sha256_of(_text(manifest).encode())
        )
    except FileUnreadable:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise BundleUnusable(CHANGED.format(path, "has changed"))
    return manifest


def _check(folder: Path, name: str, digest: str) -> None:
    inside = PurePosixPath(name)
    if inside.is_absolute() or ".." in inside.parts:
        raise BundleUnusable(
            f"Files of a bundle must be in its folder; {folder} lists {name!r}. Do not use it."
        )
    path = folder / inside
    present = storage.sha256_of(storage.read_bytes(path)) if path.is_file() else ""
    if present != digest:
        raise BundleUnusable(CHANGED.format(path, "has changed" if present else "is missing"))


def _text(manifest: Manifest) -> str:
    return json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _shown(manifest: Manifest) -> str:
    return as_json(manifest, indent=1, allow_nan=False) + "\n"
