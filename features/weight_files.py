"""What can be known of weights without TensorFlow: where they lie, what bytes, what layers."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import storage
from errors import WeightsUnavailable

CONFIGURATION = "config.json"
# Ten times what the largest network here takes.
MAX_CONFIGURATION = 20_000_000
WAYS_OUT = "Try --weights FILE, or --weights random."


def must_exist(path: Path) -> None:
    """Refuse weights that are neither a keyword nor a file that can be read."""
    try:
        storage.check_readable(path)
    except FileNotFoundError as error:
        raise WeightsUnavailable(
            f"weights must be auto, imagenet, random or a file; there is no file {path}. {WAYS_OUT}"
        ) from error


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    must_exist(path)
    return storage.sha256_of_file(path)


def layers_in(path: Path) -> list[dict[str, Any]]:
    """The layers of a .keras file as it describes them, without loading it; [] if it does not."""
    try:
        with storage.opened(path) as file, zipfile.ZipFile(file) as archive:
            if archive.getinfo(CONFIGURATION).file_size > MAX_CONFIGURATION:
                return []
            return json.loads(archive.read(CONFIGURATION))["config"]["layers"]
    # What zipfile and json refuse damaged bytes with has no common ancestor.
    except Exception:
        return []


def keras_home() -> Path:
    """Where Keras keeps what it downloads."""
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
