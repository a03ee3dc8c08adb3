"""Files written whole or not at all, and read without ever waiting for a device or a pipe."""

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

# What a disk says that no program can help, and what to do then; anything else is a bug and stays
# one. An "or" follows: name another folder.
ADVICE = {
    errno.ENOSPC: "Free some space",
    errno.EDQUOT: "Free some space",
    errno.EFBIG: "Allow larger files with `ulimit -f`",
    errno.EROFS: "Make the disk writable",
    errno.EACCES: "Ask its owner for permission to write there",
    errno.EPERM: "Ask its owner for permission to write there",
    errno.ENOTDIR: "Move away the file that is in a folder's place",
    errno.EEXIST: "Move away the file that is in a folder's place",
    errno.EISDIR: "Move away the folder that is in its place",
    errno.ENAMETOOLONG: "Shorten the name",
    errno.ELOOP: "Remove the link that leads to itself",
    errno.EIO: "Check the disk",
    errno.ESTALE: "Check the disk",
    errno.ETIMEDOUT: "Check the disk",
}
DENIED = (errno.EACCES, errno.EPERM)
# What stands in a file's place.
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
    """A regular file of at most so many bytes, open for reading; a link to one is followed.

    A missing file raises FileNotFoundError, anything else FileUnreadable.
    """
    try:
        # Merely opening a device may set it going, and opening a pipe wakes who writes to it.
        _check(path, os.stat(path), most)
        descriptor = os.open(path, READ_WITHOUT_WAITING)
    except (FileNotFoundError, FileUnreadable):
        raise
    except OSError as error:
        raise FileUnreadable(*_told(path, error)) from error
    except ValueError as error:
        name = ascii(str(path))
        raise FileUnreadable(errno.EINVAL, "no file can have this name", name) from error
    with open(descriptor, "rb") as file:
        # Something else may have taken the file's place since.
        _check(path, os.fstat(descriptor), most)
        yield file


def read_bytes(path: Path | str, most: int | None = None) -> bytes:
    """The bytes of a regular file, which has at most so many."""
    with opened(path, most) as file:
        # Files of /proc have no size and may have no end.
        size = os.fstat(file.fileno()).st_size or BYTES_PER_MEGABYTE
        try:
            data = file.read(size + 1)
        except OSError as error:
            raise FileUnreadable(*_told(path, error)) from error
        if data is None or len(data) > size:
            grows = "it has no fixed size, or grows as it is read"
            raise FileUnreadable(errno.EINVAL, grows, str(path))
        return data


def read_text(path: Path | str, most: int | None = None, encoding: str = "utf-8") -> str:
    """The text of a regular file, line ends as they are; bytes that are none raise UnicodeError."""
    return read_bytes(path, most).decode(encoding)


def state_of(path: str) -> FileState | None:
    """Size, time of change and inode of a file; None if it is not there."""
    try:
        found = os.stat(path)
    # A name that no file can have is a ValueError.
    except (OSError, ValueError):
        return None
    # Unlike the time of modification, the time of change cannot be set back.
    # The inodes of some network file systems take the 64th bit, which Parquet columns lack.
    return FileState(found.st_size, found.st_ctime_ns, found.st_ino & ALL_BUT_SIGN)


def sha256_of(data: bytes) -> str:
    """The SHA-256 of bytes, in hexadecimal."""
    return sha256(data).hexdigest()


def sha256_of_file(path: Path | str) -> str:
    """The SHA-256 of a regular file, in hexadecimal, read in blocks."""
    with opened(path) as file:
        return file_digest(file, "sha256").hexdigest()


def check_readable(path: Path | str) -> None:
    """Refuse what is no regular file or may not be read, before a library opens it by its path."""
    with opened(path):
        pass


def _check(path: Path | str, found: os.stat_result, most: int | None) -> None:
    """Refuse what is no regular file, or one of more bytes than are allowed."""
    if not stat.S_ISREG(found.st_mode):
        kind = KINDS.get(stat.S_IFMT(found.st_mode), "no regular file")
        raise FileUnreadable(errno.EINVAL, f"it is {kind}", str(path))
    if most is not None and found.st_size > most:
        size, limit = found.st_size / BYTES_PER_MEGABYTE, most / BYTES_PER_MEGABYTE
        too_large = f"it has {size:,.0f} MB, and the limit is {limit:,g} MB"
        raise FileUnreadable(errno.EFBIG, too_large, str(path))


def _told(path: Path | str, error: OSError) -> tuple[int, str, str]:
    """The number of an error, what it says in lower case, and the file."""
    return error.errno or 0, reason(error), str(path)


def why(where: Path | str, error: OSError, flags: str = "--out or --cache") -> str:
    """What keeps a file from being written, and what to do about it."""
    return (
        f"{where} must be on a disk that can be written and has room; {reason(error)}."
        f" {advice(error, flags)}."
    )


def reason(error: OSError) -> str:
    """What an error says, in lower case; not in the words of a library that wraps it."""
    return (os.strerror(error.errno) if error.errno else str(error)).lower()


def advice(error: OSError, flags: str = "--out or --cache") -> str:
    """What to do where something cannot be written."""
    first = ADVICE.get(error.errno or 0, "Check that its folder is still there")
    return f"{first}, or name another folder with {flags}, and run it again"


@contextmanager
def whole(path: Path, why: Callable[[Path, OSError], str] = why) -> Iterator[Path]:
    """A path to write to, which becomes `path` once all is written; else nothing is left of it."""
    # The ending stays, since what writes pictures and arrays goes by it.
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
    """A text in UTF-8, whole or not at all."""
    with whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_table(path: Path, table: "pd.DataFrame") -> None:
    """A table as CSV without row numbers, safe to open in a spreadsheet, whole or not at all."""
    with whole(path) as temporary:
        spreadsheets.safe(table).to_csv(temporary, index=False)


@contextmanager
def told() -> Iterator[None]:
    """A disk that refuses what is asked of it as a deliberate error."""
    try:
        yield
    except FileUnreadable:
        raise
    except OSError as error:
        if error.errno not in ADVICE:
            raise
        where = error.filename or "The disk"
        # Whether it was to be read or to be written cannot be known here.
        if error.errno in DENIED:
            raise StorageFailed(
                f"{where} must be open to the user who runs this; {reason(error)}. Ask its owner"
                " for permission, or name another file or folder."
            ) from error
        raise StorageFailed(why(where, error)) from error
