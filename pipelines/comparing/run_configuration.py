"""What the trainings of a comparison depend on, so that `--resume` continues no other run."""

import json
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import storage
from datasets.images import Images
from features.recipe import digest
from features.weight_files import digest_of_file
from pipelines.command_options import Compare
from pipelines.named_networks import network_files


def digest_of_images(images: Images) -> str:
    """Of all known about the images: ids, patients, sets of the split, labels, metadata."""
    columns: list[Iterable[Any]] = [images.ids, images.patients, images.sets, images.label_names]
    tables = images.meta.to_csv(index=False).encode() + images.labels.tobytes()
    # Classes only where there are any, so that earlier trainings on labels stay valid.
    columns += [images.classes] if images.classes else []
    return digest(tables + "\n".join(map(str, chain(*columns))).encode())


def digests_of_networks(options: Compare) -> list[str]:
    """Of the files that networks are read from, which may change under the same name."""
    named = map(Path, network_files(options))
    return [digest_of_file(path) for path in named if path.is_file()]


def kept(path: Path) -> object:
    """The configuration that an earlier run wrote; None if it cannot be read."""
    try:
        return json.loads(storage.read_text(path))
    except (OSError, ValueError, RecursionError):
        return None
