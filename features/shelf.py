"""A store's folder to write to; where it can only be read, new files last as long as the run."""

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


class Shelf:
    """Files in a folder, and beside them those that it did not take.

    Where files must be kept, since others wait for them, a folder that cannot be written raises.
    """

    def __init__(self, folder: Path, *, must_keep: bool) -> None:
        self.must_keep = must_keep
        self._folder = folder
        self._beside: Path | None = None

    def write(self, name: str, data: bytes) -> None:
        """Add a file, whole or not at all."""
        try:
            self._keep(name, data)
        except StorageFailed as failed:
            if self.must_keep or not _is_only_read(failed):
                raise
            _warn(self._folder.parent)
            self._put_beside(name, data)

    def note(self, name: str, data: bytes) -> None:
        """Add a file that a folder that can only be read may lack."""
        try:
            self._keep(name, data)
        except StorageFailed as failed:
            if not _is_only_read(failed):
                raise

    def place_of(self, name: str) -> Path:
        """Where a file of this name is."""
        beside = self._beside and self._beside / name
        return beside if beside and beside.exists() else self._folder / name

    def _keep(self, name: str, data: bytes) -> None:
        with storage.whole(self._folder / name, _why) as temporary:
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(data)

    def _put_beside(self, name: str, data: bytes) -> None:
        if self._beside is None:
            self._beside = Path(mkdtemp(prefix="features-"))
            finalize(self, shutil.rmtree, self._beside, ignore_errors=True)
        with storage.whole(self._beside / name) as temporary:
            temporary.write_bytes(data)


def _is_only_read(failed: StorageFailed) -> bool:
    return isinstance(failed.__cause__, OSError) and failed.__cause__.errno in ONLY_READ


@cache
def _warn(folder: Path) -> None:
    # Once a run: there may be hundreds of parts.
    warn(
        f"{folder} can be read but not written: features that it lacks are computed for this run"
        " and then lost. To keep them, name a folder of your own with --cache."
    )


def _why(path: Path, error: OSError) -> str:
    folder = path.parent
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk that holds {folder} must have room; it is full. What was computed is kept:"
            " free some space, or name another folder with --cache, and run the command again."
        )
    # A folder in the place of one file is told of that file.
    where = path if error.errno == errno.EISDIR else folder
    return f"{where} must be writable; {storage.reason(error)}. {storage.advice(error, '--cache')}."
