"""What an extractor learned, on disk as plain arrays: nothing in the file can run."""

from io import BytesIO
from typing import Any

import numpy as np

import arrays


def to_bytes(extractor: Any) -> bytes:
    """Every learned attribute of an extractor, those that end in `_`, as an npz file's bytes."""
    learned = {name: value for name, value in vars(extractor).items() if name.endswith("_")}
    buffer = BytesIO()
    np.savez(buffer, allow_pickle=False, **learned)
    return buffer.getvalue()


def load(extractor: Any, data: bytes) -> Any:
    """The extractor with the learned attributes of an npz file's bytes, as if it was fitted."""
    return arrays.give(extractor, data)
