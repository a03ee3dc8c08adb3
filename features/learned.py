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
    """The extractor with the learned attributes of an npz file, as if it had been fitted."""
    with np.load(file, allow_pickle=False) as learned:
        for name in learned.files:
            setattr(extractor, name, learned[name][()])
    return extractor
