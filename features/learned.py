"""What an extractor learned, on disk as plain arrays: nothing in the file can run."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np


def to_bytes(extractor: Any) -> bytes:
    """Every learned attribute of an extractor, those that end in `_`, as an npz file's bytes."""
    learned = {name: value for name, value in vars(extractor).items() if name.endswith("_")}
    buffer = BytesIO()
    np.savez(buffer, allow_pickle=False, **learned)
    return buffer.getvalue()


def load(extractor: Any, file: Path | BytesIO) -> Any:
    """The extractor with the learned attributes of an npz file, as if it had been fitted.

    A file that is none, or that names or unpacks to something else, raises one error or another.
    """
    with np.load(file, allow_pickle=False) as learned:
        packed = sum(info.compress_size for info in learned.zip.infolist())
        unpacked = sum(info.file_size for info in learned.zip.infolist())
        if unpacked > packed or not all(map(_is_learned, learned.files)):
            raise KeyError("not written by to_bytes")
        for name in learned.files:
            setattr(extractor, name, learned[name][()])
    return extractor


def _is_learned(name: str) -> bool:
    return name.isidentifier() and name.endswith("_") and not name.startswith("_")
