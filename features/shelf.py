"""The folder of a store; if it is read-only, new files go to a temporary folder."""

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
    """Files in a folder, and new ones in a temporary folder if that folder is read-only.

    With `must_keep`, a read-only folder raises StorageFailed.
    """

    def __init__(self, folder: Path, *, must_keep: bool) -> None:
        self.must_keep = must_keep
        self._folder = folder
        self._beside: Path | None = None

    def write(self, name: str, data: bytes) -> None:
        """Write a file, whole or not at all."""
        try:
            self._keep(name, data)
        except StorageFailed as failed:
            if self.must_keep or not _is_only_read(failed):
                raise
            _warn(self._folder.parent)
            self._put_beside(name, data)

    def note(self, name: str, data: bytes) -> None:
        """Write a file that a read-only folder may lack."""
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
    # Only once per run, since there may be hundreds of parts.
    warn(
        f"{folder} is read-only: missing features are computed for this run and not kept. To keep"
        " them, name a folder of your own with --cache."
    )


def _why(path: Path, error: OSError) -> str:
    folder = path.parent
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk that holds {folder} must have room; it is full. What was computed is kept:"
            " free some space, or name another folder with --cache, and run the command again."
        )
    # If a folder has the name of a file to write, the message names that file.
    where = path if error.errno == errno.EISDIR else folder
    return f"{where} must be writable; {storage.reason(error)}. {storage.advice(error, '--cache')}."
