"""How far a training is, on disk as plain arrays, so that one that was killed can go on."""

import shutil
from pathlib import Path

import numpy as np

import arrays
import storage
from errors import BadArrays, InvalidOption

LOGS = "logs"
TOLD = "configuration"

Arrays = dict[str, np.ndarray]


class Checkpoint:
    """A folder with the state of one training; without a folder nothing is kept.

    `told` says in one text what must be the same for a training to be gone on with.
    """

    def __init__(self, folder: Path | None, told: str) -> None:
        self.folder, self.told = folder, told

    @property
    def logs(self) -> Path | None:
        """The folder for TensorBoard's files."""
        return self.folder and self.folder / LOGS

    def save(self, name: str, values: Arrays) -> None:
        """Keep arrays under a name, whole or not at all."""
        if self.folder is None:
            return
        with storage.whole(self.folder / f"{name}.npz", _why) as temporary:
            self.folder.mkdir(parents=True, exist_ok=True)
            np.savez(temporary, allow_pickle=False, **values, **{TOLD: np.array(self.told)})

    def load(self, name: str) -> Arrays:
        """What was kept under a name; {} if nothing was, and another training's raises."""
        path = self.folder and self.folder / f"{name}.npz"
        if path is None or not path.is_file():
            return {}
        kept = read_arrays(path)
        if kept is None or TOLD not in kept:
            raise InvalidOption(
                f"--resume goes on with what a training has kept; {path} is damaged. Leave --resume"
                " out to start anew."
            )
        if str(kept.pop(TOLD)) != self.told:
            raise InvalidOption(
                f"--resume goes on with a training of the same films and options; {self.folder}"
                " belongs to another. Name another --out, or leave --resume out to start anew."
            )
        return kept


def _why(path: Path, error: OSError) -> str:
    return (
        f"{path.parent} must have room for what a training has reached; {storage.reason(error)}."
        f" {storage.advice(error, '--out')} with --resume."
    )


def read_arrays(path: Path) -> Arrays | None:
    """The arrays of an npz file; None if it is damaged, as checksums or its structure tell."""
    data = storage.read_bytes(path)
    try:
        return arrays.read(data)
    except BadArrays:
        return None


def clear(folder: Path) -> None:
    """Forget a training."""
    shutil.rmtree(folder, ignore_errors=True)
