"""Files written whole or not at all; a disk that is full or locked is said in one sentence."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from errors import StorageFailed

if TYPE_CHECKING:
    import pandas as pd

# What a disk says that no program can help; anything else is a bug and stays one.
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM)


def why(where: Path | str, error: OSError) -> str:
    """What keeps a file from being written, and what to do about it."""
    return (
        f"{where} must be on a disk that can be written and has room; {error.strerror or error}."
        " Free some space or name another folder with --out or --cache, and run it again."
    )


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
    """A table as CSV without row numbers, whole or not at all."""
    with whole(path) as temporary:
        table.to_csv(temporary, index=False)


@contextmanager
def told() -> Iterator[None]:
    """A disk that refuses what is asked of it as a deliberate error."""
    try:
        yield
    except OSError as error:
        if error.errno not in DISK:
            raise
        raise StorageFailed(why(error.filename or "The disk", error)) from error
