"""Files of weights without TensorFlow: their place, digest and layers."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import storage
from errors import WeightsUnavailable

CONFIGURATION = "config.json"
# Ten times the size for the largest network here.
MAX_CONFIGURATION = 20_000_000
WAYS_OUT = "Pass --weights FILE, or --weights random."


def must_exist(path: Path) -> None:
    """Refuse a file of weights that is missing or unreadable."""
    try:
        storage.check_readable(path)
    except FileNotFoundError as error:
        raise WeightsUnavailable(
            f"--weights must be auto, imagenet, random or a file; there is no file {path}."
            f" {WAYS_OUT}"
        ) from error


def digest_of_file(path: Path) -> str:
    """The SHA-256 of a file of weights."""
    must_exist(path)
    return storage.sha256_of_file(path)


def layers_in(path: Path) -> list[dict[str, Any]]:
    """The layers that a .keras file describes, without loading it; [] if it describes none."""
    try:
        with storage.opened(path) as file, zipfile.ZipFile(file) as archive:
            if archive.getinfo(CONFIGURATION).file_size > MAX_CONFIGURATION:
                return []
            return json.loads(archive.read(CONFIGURATION))["config"]["layers"]
    # zipfile and json raise many unrelated errors for damaged bytes.
    except Exception:
        return []


def keras_home() -> Path:
    """The folder where Keras keeps downloads."""
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser()
