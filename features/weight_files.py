"""What can be known of weights without TensorFlow: where they lie, what bytes, what layers."""

import json
import os
import zipfile
from hashlib import file_digest
from pathlib import Path
from typing import Any

from errors import WeightsUnavailable

WAYS_OUT = "Try --weights FILE, or --weights random."


def must_exist(path: Path) -> None:
    """Refuse weights that are neither a keyword nor a file."""
    if not path.is_file():
        raise WeightsUnavailable(
            f"weights must be auto, imagenet, random or a file; there is no file {path}. {WAYS_OUT}"
        )


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    must_exist(path)
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def layers_in(path: Path) -> list[dict[str, Any]]:
    """The layers of a .keras file as it describes them, without loading it; [] if it does not."""
    try:
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read("config.json"))["config"]["layers"]
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError):
        return []


def keras_home() -> Path:
    """Where Keras keeps what it downloads."""
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
