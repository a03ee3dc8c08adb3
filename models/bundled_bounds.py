"""The bounds of a bundle's answers on disk: plain arrays, without anything of single images."""

from pathlib import Path

import numpy as np

import arrays
import storage
from errors import BadArrays
from evaluation.conformal import LEVELS, Bounds

BOUNDS = "bounds.npz"


def save(bounds: Bounds | None, folder: Path) -> None:
    """Write bounds to a folder, if there are any."""
    if bounds:
        np.savez(folder / BOUNDS, allow_pickle=False, **vars(bounds))


def load(folder: Path, n_labels: int) -> Bounds:
    """The bounds of so many labels from a folder."""
    saved = arrays.read(storage.read_bytes(folder / BOUNDS))
    of_levels, counts = (len(LEVELS), n_labels), (2, n_labels)
    shapes = {"lowest": of_levels, "highest": of_levels, "patients": counts}
    for name, shape in shapes.items():
        if not _is_sound(saved.get(name), shape):
            raise BadArrays(f"{name} of bounds must be numbers of shape {shape}, 0 or more")
    return Bounds(**{name: saved[name] for name in shapes})


def _is_sound(values: np.ndarray | None, shape: tuple[int, int]) -> bool:
    """Whether an array has numbers of this shape, none below 0; NaN stands for no bound."""
    if values is None or values.shape != shape or values.dtype.kind not in "fi":
        return False
    return not bool((values < 0).any())
