"""Write files whole or not at all, and read them without waiting for a device or a pipe."""

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest, sha256
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import spreadsheets
from errors import FileUnreadable, StorageFailed

if TYPE_CHECKING:
    import pandas as pd

# Advice by the error of a disk; an "or name another folder" follows. Other errors are bugs.
ADVICE = {
    errno.ENOSPC: "Free some space",
    errno.EDQUOT: "Free some space",
    errno.EFBIG: "Allow larger files with `ulimit -f`",
    errno.EROFS: "Make the disk writable",
    errno.EACCES: "Ask its owner for permission to write there",
    errno.EPERM: "Ask its owner for permission to write there",
    errno.ENOTDIR: "Move away the file that has the name of a folder",
    errno.EEXIST: "Move away the file that has the name of a folder",
    errno.EISDIR: "Move away the folder with this name",
    errno.ENAMETOOLONG: "Shorten the name",
    errno.ELOOP: "Remove the link that points to itself",
    errno.EIO: "Check the disk",
    errno.ESTALE: "Check the disk",
    errno.ETIMEDOUT: "Check the disk",
}
DENIED = (errno.EACCES, errno.EPERM)
# Kinds of paths that are no regular file.
KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
READ_WITHOUT_WAITING = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
BYTES_PER_MEGABYTE = 1_000_000
ALL_BUT_SIGN = 2**63 - 1


class FileState(NamedTuple):
    """What a file system says about a file; where any of it differs, the file is read again."""

    size: int
    changed: int
    inode: int


@contextmanager
def opened(path: Path | str, most: int | None = None) -> Iterator[BufferedReader]:
    """A regular file of at most `most` bytes, opened for reading; links are followed.

    A missing file raises FileNotFoundError, anything else FileUnreadable.
    """
    try:
        # Opening a device may start it, and opening a pipe wakes its writer.
        _check(path, os.stat(path), most)
        descriptor = os.open(path, READ_WITHOUT_WAITING)
    except (FileNotFoundError, FileUnreadable):
        raise
    except OSError as error:
        raise FileUnreadable(*_facts(path, error)) from error
    except ValueError as error:
        name = ascii(str(path))
        raise FileUnreadable(errno.EINVAL, "no file can have this name", name) from error
    with open(descriptor, "rb") as file:
        # The file may have been replaced since.
        _check(path, os.fstat(descriptor), most)
        yield file


def read_bytes(path: Path | str, most: int | None = None) -> bytes:
    """The bytes of a regular file of at most `most` bytes."""
    with opened(path, most) as file:
        # Files in /proc have no size and may be endless.
        size = os.fstat(file.fileno()).st_size or BYTES_PER_MEGABYTE
        try:
            data = file.read(size + 1)
        except OSError as error:
            raise FileUnreadable(*_facts(path, error)) from error
        if data is None or len(data) > size:
            grows = "it has no fixed size, or grows while it is read"
            raise FileUnreadable(errno.EINVAL, grows, str(path))
        return data


def read_text(path: Path | str, most: int | None = None, encoding: str = "utf-8") -> str:
    """The text of a regular file with its line ends; invalid bytes raise UnicodeError."""
    return read_bytes(path, most).decode(encoding)


def state_of(path: str) -> FileState | None:
    """Size, time of change and inode of a file; None if it is not there."""
    try:
        info = os.stat(path)
    # An impossible file name raises ValueError.
    except (OSError, ValueError):
        return None
    # Unlike the time of modification, the time of change cannot be set back.
    # The inodes of some network file systems take the 64th bit, which Parquet columns lack.
    return FileState(info.st_size, info.st_ctime_ns, info.st_ino & ALL_BUT_SIGN)


def sha256_of(data: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return sha256(data).hexdigest()


def sha256_of_file(path: Path | str) -> str:
    """The SHA-256 of a regular file, in hexadecimal, read in blocks."""
    with opened(path) as file:
        return file_digest(file, "sha256").hexdigest()


def check_readable(path: Path | str) -> None:
    """Refuse a path that is no readable regular file, before a library opens it."""
    with opened(path):
        pass


def _check(path: Path | str, info: os.stat_result, most: int | None) -> None:
    """Refuse a path that is no regular file or has too many bytes."""
    if not stat.S_ISREG(info.st_mode):
        kind = KINDS.get(stat.S_IFMT(info.st_mode), "not a regular file")
        raise FileUnreadable(errno.EINVAL, f"it is {kind}", str(path))
    if most is not None and info.st_size > most:
        size, limit = info.st_size / BYTES_PER_MEGABYTE, most / BYTES_PER_MEGABYTE
        too_large = f"it has {size:,.0f} MB, and the limit is {limit:,g} MB"
        raise FileUnreadable(errno.EFBIG, too_large, str(path))


def _facts(path: Path | str, error: OSError) -> tuple[int, str, str]:
    """The number of an error, its reason, and the file."""
    return error.errno or 0, reason(error), str(path)


def why(where: Path | str, error: OSError, flags: str = "--out or --cache") -> str:
    """An error message for a path that cannot be written."""
    return (
        f"{where} must be on a writable disk with free space; {reason(error)}."
        f" {advice(error, flags)}."
    )


def reason(error: OSError) -> str:
    """The reason of an error in lower case, from the system and not from a library."""
    return (os.strerror(error.errno) if error.errno else str(error)).lower()


def advice(error: OSError, flags: str = "--out or --cache") -> str:
    """Advice for a path that cannot be written."""
    first = ADVICE.get(error.errno or 0, "Check that its folder is still there")
    return f"{first}, or name another folder with {flags}, and run the command again"


@contextmanager
def whole(path: Path, why: Callable[[Path, OSError], str] = why) -> Iterator[Path]:
    """A temporary path that becomes `path` at the end; after an error nothing is left."""
    # The suffix stays, because libraries choose the format by it.
    temporary = path.with_name(f".{uuid4().hex}.tmp{path.suffix}")
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except FileUnreadable:
        raise
    except OSError as error:
        raise StorageFailed(why(path, error)) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8, whole or not at all."""
    with whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_table(path: Path, table: "pd.DataFrame") -> None:
    """Write a table as CSV that is safe to open in a spreadsheet, whole or not at all."""
    with whole(path) as temporary:
        spreadsheets.safe(table).to_csv(temporary, index=False)


@contextmanager
def disk_errors() -> Iterator[None]:
    """A context that turns errors of the disk into StorageFailed."""
    try:
        yield
    except FileUnreadable:
        raise
    except OSError as error:
        if error.errno not in ADVICE:
            raise
        where = error.filename or "The disk"
        # It is not known here whether the path was read or written.
        if error.errno in DENIED:
            raise StorageFailed(
                f"{where} must be accessible to you; {reason(error)}. Ask its owner for permission,"
                " or name another file or folder."
            ) from error
        raise StorageFailed(why(where, error)) from error
