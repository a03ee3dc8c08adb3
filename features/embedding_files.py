"""Embeddings that other programs computed, read from files of several formats.

Nothing in such a file runs: no object is unpickled.
"""

import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

import arrays
import storage
from datasets.files import find_images
from errors import BadArrays, BadTable, DatasetNotFound
from features import embedding_tables, example_records
from features.embedding_tables import FREE_BYTES, MAX_NUMBERS, MAX_RATIO, Rows
from features.store import RECIPE

POOLS = ("mean", "cls", "flatten")
IDS, FEATURES, EMBEDDING = "ids", "features", "embedding"
KINDS_OF_NUMBERS = "fiu"
LARGEST_ARRAY = 20_000_000_000
SUFFIXES = (".parquet", ".csv", ".csv.gz", ".npz", ".npy", ".tfrecord", ".tfrecords")


class Embeddings(NamedTuple):
    """Image ids as a file has them, their embeddings (n, d) float32, and the numbers per token.

    `tokens` counts the vectors of an image that were pooled into one, or flattened.
    """

    ids: list[str]
    values: np.ndarray
    tokens: int


@lru_cache(maxsize=8)
def read(path: Path, pool: str, digest: str) -> Embeddings:
    """The embeddings in a file or folder that has this digest; folds read them only once."""
    gathered = _Gathered(path, pool)
    for file in files_of(path):
        try:
            for ids, values in _reader(path, file)(file):
                gathered.add(ids, values)
        except BadArrays as error:
            raise BadTable(
                f"A file of embeddings must be plain numbers with image ids; {file} cannot be used:"
                f" {error}. Save it again, as docs/embeddings.md shows."
            ) from error
    return gathered.all()


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, or of the names and contents of the files that a folder holds."""
    files = files_of(path)
    if not path.is_dir():
        return storage.sha256_of_file(path)
    lines = (
        f"{each.relative_to(path).as_posix()} {storage.sha256_of_file(each)}" for each in files
    )
    return storage.sha256_of("\n".join(lines).encode())


def files_of(path: Path) -> list[Path]:
    """The files to read: one file, the parts of a cache folder, or all embeddings in a folder."""
    if (path / RECIPE).is_file():
        files = sorted(path.glob("part-*.parquet"))
    elif path.is_dir():
        files = find_images(path, SUFFIXES)
    else:
        files = [path] if path.name.lower().endswith(SUFFIXES) and path.exists() else []
    if not files:
        what = "holds none" if path.is_dir() else "is none" if path.exists() else "is not there"
        raise DatasetNotFound(
            f"--embeddings takes files of the kinds {', '.join(SUFFIXES)}, or a folder of them;"
            f" {path} {what}. Check the path."
        )
    return files


class _Gathered:
    """Rows of all files so far, each image's array pooled into one vector of the same width."""

    def __init__(self, path: Path, pool: str) -> None:
        self.path, self.pool = path, pool
        self.ids: list[str] = []
        self.values: list[np.ndarray] = []
        self.tokens = 1

    def add(self, ids: Sequence[str], values: np.ndarray) -> None:
        """Add some images, after checks that name the first wrong one."""
        if values.dtype.kind not in KINDS_OF_NUMBERS or values.shape[:1] != (len(ids),):
            raise BadArrays(f"it has {values.dtype} of shape {values.shape} for {len(ids)} ids")
        if not len(ids):
            return
        if not values.size or not all(ids):
            raise BadArrays("it has an id without numbers, or numbers without an id")
        pooled = _pooled(values, self.pool)
        self.tokens = max(self.tokens, int(np.prod(values.shape[1:-1])))
        self._check(ids, pooled)
        self.ids.extend(ids)
        self.values.append(pooled)

    def _check(self, ids: Sequence[str], pooled: np.ndarray) -> None:
        width = self.values[0].shape[1] if self.values else pooled.shape[1]
        if pooled.shape[1] != width:
            first = self.ids[0] if self.ids else ids[0]
            raise BadTable(
                f"All embeddings in a file must have the same width; in {self.path} {first!r} has"
                f" {width:,} numbers and {ids[0]!r} has {pooled.shape[1]:,}. Compute them again"
                " with one network."
            )
        finite = np.isfinite(pooled).all(axis=1)
        if not finite.all():
            raise BadTable(
                f"Embeddings must be finite numbers; {ids[int(np.argmin(finite))]!r} in {self.path}"
                f" has NaN or infinity, as {int((~finite).sum()):,} of {len(ids):,} rows do."
                " Compute it again, or remove its row."
            )
        if (len(self.ids) + len(pooled)) * width > MAX_NUMBERS:
            raise BadTable(
                f"Embeddings must have at most {MAX_NUMBERS:,} numbers; {self.path} has more. Pool"
                " the tokens of an image with pool=mean, or split the data set."
            )

    def all(self) -> Embeddings:
        """All rows; an id that came twice raises BadTable."""
        if not self.ids:
            raise BadTable(f"A file of embeddings must hold some; {self.path} has no row.")
        name, times = Counter(self.ids).most_common(1)[0]
        if times > 1:
            raise BadTable(
                f"Every image must have one embedding; {self.path} has {times} for {name!r}. Remove"
                " the repeated rows."
            )
        return Embeddings(self.ids, np.concatenate(self.values), self.tokens)


def _pooled(values: np.ndarray, pool: str) -> np.ndarray:
    """Arrays (n, ..., width) as vectors (n, d) float32: tokens averaged, the first, or all."""
    # What is too large for single precision becomes infinity, which is refused.
    with np.errstate(over="ignore"):
        values = values.astype(np.float32, copy=False)
    if values.ndim < 2:
        return values.reshape(len(values), -1)
    if pool == "flatten":
        return values.reshape(len(values), -1)
    tokens = values.reshape(len(values), -1, values.shape[-1])
    return tokens[:, 0] if pool == "cls" else tokens.mean(axis=1)


def _reader(root: Path, file: Path) -> Callable[[Path], Iterator[Rows]]:
    """What reads a file of its kind; in a folder, files without ids have that of their name."""
    name = file.name.lower()
    if name.endswith((".csv", ".csv.gz")):
        return embedding_tables.of_csv
    if name.endswith(".parquet"):
        return embedding_tables.of_parquet
    own = file.relative_to(root).with_suffix("").as_posix() if root != file else ""
    if name.endswith(".npz"):
        return lambda path: _of_npz(path, own)
    if name.endswith(".npy"):
        return lambda path: _of_npy(path, own)
    return lambda path: _of_records(path, own or file.stem)


def _of_npy(path: Path, name: str) -> Iterator[Rows]:
    """The array of one image in a folder of such files."""
    if not name:
        raise BadArrays("a .npy file has no image ids; name a folder with one for each image")
    with storage.opened(path) as file:
        yield [name], arrays.plain_array(file, path.stat().st_size)[None]


def _of_npz(path: Path, name: str) -> Iterator[Rows]:
    """Arrays `ids` and `features`, an array for each image, or the only array of image `name`."""
    with storage.opened(path) as file, _archive(file) as archive:
        members = {each.filename.removesuffix(".npy"): each for each in archive.infolist()}
        if {IDS, FEATURES} <= set(members):
            features = _member(archive, members[FEATURES])
            yield _texts(_member(archive, members[IDS])), features
        elif name and (len(members) == 1 or EMBEDDING in members):
            only = members.get(EMBEDDING) or next(iter(members.values()))
            yield [name], _member(archive, only)[None]
        else:
            for key, member in members.items():
                yield [key], _member(archive, member)[None]


def _archive(file: object) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)  # type: ignore[call-overload]
    # zipfile raises many unrelated errors for damaged bytes.
    except Exception as error:
        raise BadArrays(f"it is no npz file ({error})") from error


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    """One array; it must be as large as the archive declares, so that none fills the memory."""
    if member.file_size > LARGEST_ARRAY:
        raise BadArrays(f"{member.filename} is larger than {LARGEST_ARRAY / 1e9:g} GB")
    if member.file_size > MAX_RATIO * member.compress_size + FREE_BYTES:
        raise BadArrays(f"{member.filename} unpacks to over {MAX_RATIO} times its size")
    try:
        with archive.open(member) as file:
            return arrays.plain_array(file, member.file_size)
    except BadArrays as error:
        raise BadArrays(f"{member.filename}: {error}") from error
    # As above.
    except Exception as error:
        raise BadArrays(f"{member.filename} is damaged ({error})") from error


def _texts(ids: np.ndarray) -> list[str]:
    """Ids as text, from arrays of text, bytes or numbers."""
    if ids.ndim != 1:
        raise BadArrays(f"its ids are of shape {ids.shape}")
    if ids.dtype.kind == "S":
        return [each.decode(errors="replace") for each in ids.tolist()]
    return [str(each) for each in ids.tolist()]


def _of_records(path: Path, name: str) -> Iterator[Rows]:
    """Records of TensorFlow; the only one of a file without an id has that of the file's name."""
    with storage.opened(path) as file:
        unnamed = 0
        for each in example_records.examples(file, path.stat().st_size):
            unnamed += not each.id
            if unnamed > 1:
                raise BadArrays("several of its records have no feature `image/id`")
            yield [each.id or name], each.values[None]
