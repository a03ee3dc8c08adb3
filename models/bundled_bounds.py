"""The bounds of a bundle's answers on disk: plain arrays, without anything of single images."""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

import numpy as np

import arrays
import storage
from errors import BadArrays
from evaluation.conformal import LEVELS, Bounds

BOUNDS, AVERAGED = "bounds.npz", "averaged_bounds.npz"


class AveragedBounds(NamedTuple):
    """Bounds of probabilities that are averaged over an image and so many versions of it."""

    times: int
    bounds: Bounds


def save(bounds: Bounds | None, averaged: AveragedBounds | None, folder: Path) -> None:
    """Write bounds to a folder, as far as there are any."""
    if bounds:
        np.savez(folder / BOUNDS, allow_pickle=False, **vars(bounds))
    if averaged:
        values = vars(averaged.bounds) | {"times": averaged.times}
        np.savez(folder / AVERAGED, allow_pickle=False, **values)


def load(folder: Path, files: Collection[str], n_labels: int) -> Bounds | None:
    """The bounds of so many labels from a folder, if they are among its files."""
    return _bounds(_arrays(folder / BOUNDS), n_labels) if BOUNDS in files else None


def load_averaged(folder: Path, files: Collection[str], n_labels: int) -> AveragedBounds | None:
    """The same of averages."""
    if AVERAGED not in files:
        return None
    saved = _arrays(folder / AVERAGED)
    times = saved.get("times")
    if times is None or times.shape or times.dtype.kind != "i" or times < 2:
        raise BadArrays("times of bounds must be a whole number, 2 or more")
    return AveragedBounds(int(times), _bounds(saved, n_labels))


def _arrays(path: Path) -> dict[str, np.ndarray]:
    return arrays.read(storage.read_bytes(path))


def _bounds(saved: dict[str, np.ndarray], n_labels: int) -> Bounds:
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
