"""The unpacked bytes of a table file, with limits that are checked before it is parsed."""

import gzip
import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import storage
from errors import BadTable

# NIH's table has 112,120 rows, CheXpert's 223,414; a million images with 15 scores take 280 MB.
MAX_BYTES = 500_000_000
MAX_ROWS = 5_000_000
MAX_COLUMNS = 1_000
MAX_CELLS = 30_000_000
MAX_LINE = 1_000_000
# Archives that cannot be unpacked in bounded memory, or not at all.
PACKED = (".bz2", ".xz", ".zst", ".tar", ".tgz", ".7z", ".rar")


# The mark of a file in a .zip; a list of very many files would fill the memory.
ZIP_ENTRY, MAX_ZIP_ENTRIES = b"PK\x01\x02", 100
ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
FIRST_LINES = 20
MARKS = (b",", b";", b"\t")
QUOTED = re.compile(rb'"[^"]*"')


class Size(NamedTuple):
    """The lines and unpacked bytes of a table, and the columns of its first lines."""

    lines: int
    bytes: int
    columns: int


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a table, unpacked if its name ends in .gz or .zip; refuses other archives."""
    suffix = path.suffix.lower()
    if suffix in PACKED:
        raise BadTable(
            f"A table must be plain text, gzipped (.gz) or alone in a .zip; {path} is another kind"
            " of archive. Unpack it, and name the table in it."
        )
    with ExitStack() as stack:
        file: Any = stack.enter_context(storage.opened(path, MAX_BYTES))
        if suffix == ".gz":
            file = stack.enter_context(gzip.GzipFile(fileobj=file))
        elif suffix == ".zip":
            file = _alone_in_zip(path, file, stack)
        yield file if suffix not in (".gz", ".zip") else stack.enter_context(BufferedReader(file))


def _alone_in_zip(path: Path, file: BinaryIO, stack: ExitStack) -> Any:
    """The only file in a .zip as a stream; files that macOS adds do not count."""
    entries = sum(block.count(ZIP_ENTRY) for block in iter(partial(file.read, MAX_LINE), b""))
    archive = stack.enter_context(zipfile.ZipFile(file)) if entries <= MAX_ZIP_ENTRIES else None
    infos = archive.infolist() if archive else []
    inside = [each for each in infos if not each.is_dir() and not each.filename.startswith("__")]
    usual = [
        each for each in inside if each.compress_type in ZIP_METHODS and not each.flag_bits & 1
    ]
    if archive is None or len(inside) != 1 or usual != inside:
        raise BadTable(
            f"A .zip must contain exactly one table, without a password; {path} does not. Unpack"
            " it, and name the table in it."
        )
    return stack.enter_context(archive.open(inside[0]))


def size_of(
    path: Path, file: BinaryIO, most_columns: int = MAX_COLUMNS, most_cells: int = MAX_CELLS
) -> Size:
    """The lines, bytes and columns of a table, counted in bounded memory; checks all limits."""
    lines = size = columns = open_line = 0
    while block := file.read(MAX_LINE):
        columns = columns or _columns(block)
        # Old Macs end lines with a carriage return alone.
        end = b"\n" if b"\n" in block else b"\r"
        first = block.find(end)
        reach = open_line + (len(block) if first < 0 else first)
        open_line = reach if first < 0 else len(block) - block.rfind(end) - 1
        if reach > MAX_LINE:
            refuse(path, f"lines of at most {MAX_LINE / 1e6:g} MB", "a longer one")
        lines, size = lines + block.count(end), size + len(block)
        if lines > MAX_ROWS:
            refuse(path, f"at most {MAX_ROWS:,} rows", "more")
        if size > MAX_BYTES:
            refuse(path, f"at most {MAX_BYTES / 1e6:g} MB once unpacked", "more")
    check_columns(path, columns, lines, most_columns, most_cells)
    return Size(lines, size, columns)


def check_columns(
    path: Path,
    columns: int,
    lines: int,
    most_columns: int = MAX_COLUMNS,
    most_cells: int = MAX_CELLS,
) -> None:
    """Refuse a table of more columns, or more cells, than are allowed."""
    if columns > most_columns:
        refuse(path, f"at most {most_columns:,} columns", f"{columns:,}")
    if columns * lines > most_cells:
        refuse(path, f"at most {most_cells:,} cells", f"{lines:,} rows of {columns:,}")


def check_cells(path: Path, longest: int) -> None:
    """Refuse a table whose longest cell has more characters than a line may have."""
    if longest > MAX_LINE:
        refuse(path, f"cells of at most {MAX_LINE:,} characters", f"one of {longest:,}")


def _columns(block: bytes) -> int:
    """The number of columns in the widest of the first lines, for any separator."""
    lines = [QUOTED.sub(b"", line) for line in block.splitlines()[:FIRST_LINES]]
    return 1 + max((line.count(mark) for line in lines for mark in MARKS), default=0)


def refuse(path: Path, limit: str, came: str) -> None:
    """Raise the error for a table beyond a limit."""
    raise BadTable(
        f"A table must have {limit}; {path} has {came}. Remove what you do not need, or split the"
        " table."
    )
