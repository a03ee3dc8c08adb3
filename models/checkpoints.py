"""Checkpoints of a training as plain arrays on disk, so that it can be resumed."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

import arrays
import storage
from errors import BadArrays, InvalidOption

LOGS = "logs"
CONFIGURATION = "configuration"

Arrays = dict[str, np.ndarray]


class Checkpoint:
    """A folder with the state of one training; without a folder nothing is saved.

    A training is resumed only if its `configuration`, a text, is the same.
    """

    def __init__(self, folder: Path | None, configuration: str) -> None:
        self.folder, self.configuration = folder, configuration

    @property
    def logs(self) -> Path | None:
        """The folder for TensorBoard's files."""
        return self.folder and self.folder / LOGS

    def save(self, name: str, values: Arrays) -> None:
        """Save arrays under a name, completely or not at all."""
        if self.folder is None:
            return
        with storage.whole(self.folder / f"{name}.npz", _why) as temporary:
            self.folder.mkdir(parents=True, exist_ok=True)
            np.savez(
                temporary,
                allow_pickle=False,
                **values,
                **{CONFIGURATION: np.array(self.configuration)},
            )

    def save_list(self, name: str, values: Sequence[np.ndarray]) -> None:
        """Save arrays in their order under a name."""
        self.save(name, {str(place): each for place, each in enumerate(values)})

    def load(self, name: str) -> Arrays:
        """The arrays saved under a name, {} if there are none; those of another training raise."""
        path = self.folder and self.folder / f"{name}.npz"
        if path is None or not path.is_file():
            return {}
        kept = read_arrays(path)
        if kept is None or CONFIGURATION not in kept:
            raise InvalidOption(
                f"--resume needs the checkpoints of the training; {path} is damaged. Leave --resume"
                " out to start again."
            )
        if str(kept.pop(CONFIGURATION)) != self.configuration:
            raise InvalidOption(
                f"--resume continues a training with the same images and options; {self.folder}"
                " belongs to another one. Pass another --out, or leave --resume out to start again."
            )
        return kept


def _why(path: Path, error: OSError) -> str:
    return (
        f"{path.parent} must have room for checkpoints; {storage.reason(error)}."
        f" {storage.advice(error, '--out')} with --resume."
    )


def read_arrays(path: Path) -> Arrays | None:
    """The arrays of an npz file; None if it is damaged."""
    data = storage.read_bytes(path)
    try:
        return arrays.read(data)
    except BadArrays:
        return None


def clear(folder: Path) -> None:
    """Remove the checkpoints of a training."""
    shutil.rmtree(folder, ignore_errors=True)
