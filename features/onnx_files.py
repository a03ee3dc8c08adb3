"""ONNX files without ONNX Runtime: weights in other files, and the JSON file that describes one."""

import json
import mmap
import re
from functools import partial
from pathlib import Path
from typing import Any

import storage
from errors import InvalidOption, WeightsUnavailable, first_line

# A key and a value of Protocol Buffers, as an ONNX tensor names the file that holds its numbers.
LOCATION = re.compile(rb"\n\x08location\x12([\x01-\x7f])")
SIDECAR = ".json"
LARGEST_SIDECAR = 1_000_000


def external_files(path: Path) -> list[Path]:
    """The files next to an ONNX file that hold its weights; [] if it holds them itself."""
    try:
        storage.check_readable(path)
    except FileNotFoundError as error:
        raise WeightsUnavailable(
            f"An ONNX network must be a file; there is no file {path}. Correct its path in"
            " --network, --weights or --backbone."
        ) from error
    if not path.stat().st_size:
        return []
    mapped = partial(mmap.mmap, length=0, access=mmap.ACCESS_READ)
    with storage.opened(path) as file, mapped(file.fileno()) as data:
        names = {data[found.end() : found.end() + found[1][0]] for found in LOCATION.finditer(data)}
    return sorted(path.parent / name.decode(errors="replace") for name in names)


def check_external(path: Path) -> None:
    """Refuse an ONNX file whose weights lie in a file that is missing, or in another folder."""
    for file in external_files(path):
        if not file.resolve().is_relative_to(path.parent.resolve()):
            raise WeightsUnavailable(
                f"Weights of {path} must lie in its folder; it names {file}. Export it again."
            )
        if not file.is_file():
            raise WeightsUnavailable(
                f"{path} keeps its weights in {file.name} next to it; there is no such file. Copy"
                " it there, or export the network into one file."
            )


def sidecar_of(path: Path) -> Path:
    """The JSON file next to an ONNX file that says how it takes images."""
    return path.with_suffix(SIDECAR)


def read_sidecar(path: Path, known: dict[str, Any]) -> dict[str, Any]:
    """What the JSON next to an ONNX file says, of the options known; {} if there is none."""
    beside = sidecar_of(path)
    if not beside.is_file():
        return {}
    try:
        given = json.loads(storage.read_text(beside, LARGEST_SIDECAR))
    except (ValueError, RecursionError) as error:
        raise InvalidOption(
            f"{beside} must be JSON; it is not: {first_line(error)}. Write, for example,"
            ' {"scale": "imagenet"}.'
        ) from error
    if not isinstance(given, dict) or not given.keys() <= known.keys():
        raise InvalidOption(
            f"{beside} must be an object with any of {', '.join(known)}; got"
            f" {', '.join(given) if isinstance(given, dict) else type(given).__name__}. Correct it."
        )
    for name, value in given.items():
        if type(value) is not type(known[name]):
            raise InvalidOption(
                f"{name} in {beside} must be a value such as {known[name]!r}; got {value!r}."
                " Correct it."
            )
    return given
