"""Where what a run computes goes when its cache can be read but not written: away with the run."""

import errno
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from weakref import finalize

import storage
from errors import StorageFailed
from progress import warn

ONLY_READ = (errno.EROFS, errno.EACCES, errno.EPERM)


class Spare:
    """A temporary folder in the place of one that may only be read; made when it is needed.

    Where it is not allowed, as others wait for what is written, the folder must be written.
    """

    def __init__(self, folder: Path, *, allowed: bool) -> None:
        self.allowed = allowed
        self._folder = folder
        self._place: Path | None = None

    def takes(self, failed: StorageFailed) -> bool:
        """Whether what could not be written for this reason may go here."""
        cause = failed.__cause__
        if not self.allowed or not isinstance(cause, OSError) or cause.errno not in ONLY_READ:
            return False
        _warn(self._folder.parent, storage.reason(cause))
        return True

    def write(self, name: str, data: bytes) -> None:
        """Keep a file until this object is gone."""
        if self._place is None:
            self._place = Path(mkdtemp(prefix="features-"))
            finalize(self, shutil.rmtree, self._place, ignore_errors=True)
        with storage.whole(self._place / name) as temporary:
            temporary.write_bytes(data)

    def place_of(self, name: str) -> Path:
        """Where a file of this name is."""
        here = self._place and self._place / name
        return here if here and here.exists() else self._folder / name


@cache
def _warn(folder: Path, why: str) -> None:
    # Once a run: there may be hundreds of parts.
    warn(
        f"{folder} can be read but not written ({why}): features that it lacks are computed for"
        " this run and then lost. To keep them, name a folder of your own with --cache."
    )
