"""Embeddings from files as features of images, matched by id and kept beside extracted ones."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

import checks
import features.extractors
import inputs
import registry
from datasets.image_ids import rows_of
from datasets.images import Images, Skipped
from datasets.sources import counted
from errors import InvalidOption, MisalignedRows
from features import embedding_files
from features.embedding_files import POOLS, Embeddings
from features.recipe import FROM_FILE, Recipe, recipe_of_file
from features.store import Features
from progress import stage, warn

DEEP, WORDS = KINDS = ("deep", "words")
REFUSE, SKIP = MISSING = ("refuse", "skip")
PLAIN = re.compile(r"[A-Za-z]\w*", re.ASCII)
# The name of the block of age, sex and view.
METADATA = "metadata"
EXAMPLES = 3


class Source(NamedTuple):
    """`NAME=FILE` or `NAME:KIND=FILE`; without a kind, which was not typed then, it is "deep"."""

    name: str
    kind: str
    path: Path
    typed: bool = False


@dataclass(kw_only=True)
class Pooling:
    """How the tokens of an image become one vector; `--set NAME.pool=cls` chooses it."""

    pool: str = POOLS[0]

    def get_params(self) -> dict[str, Any]:
        """The options, as those of an extractor."""
        return dict(vars(self))

    def set_params(self, **params: Any) -> "Pooling":
        """The same with other options."""
        vars(self).update(params)
        checks.one_of("pool", self.pool, POOLS)
        return self


@dataclass(frozen=True)
class Given:
    """Features (n, d) of images that a file gave under a name, with their recipe."""

    source: Source
    recipe: Recipe
    ids: np.ndarray
    values: np.ndarray

    @property
    def kind(self) -> str:
        """The kind of block that they are: embeddings or visual words."""
        return self.source.kind

    @property
    def digest(self) -> str:
        """The SHA-256 of the file."""
        return str(self.recipe["content"][FROM_FILE])

    @property
    def width(self) -> int:
        """Numbers per image."""
        return int(self.values.shape[1])

    @property
    def options(self) -> dict[str, Any]:
        """How they were read."""
        return {"pool": self.recipe["parameters"]["pool"]}

    @property
    def facts(self) -> dict[str, Any]:
        """What reports show of them."""
        facts = {"kind": self.kind, "file": str(self.source.path), "digest": self.digest}
        return facts | self.recipe["parameters"]

    def of(self, ids: np.ndarray) -> Features:
        """The features of these images, in their order."""
        rows = pd.Index(self.ids).get_indexer(ids)
        if (rows < 0).any():
            name = ids[rows < 0][0]
            raise MisalignedRows(
                f"Every image must have an embedding of {self.source.name}; {name!r} has none. Add"
                f" it to {self.source.path}."
            )
        return Features(self.source.name, ids, self.values[rows])


def sources_of(typed: Iterable[str]) -> list[Source]:
    """What `--embeddings` names, each under a name of its own."""
    sources = list(map(_source, typed))
    names = [each.name for each in sources]
    for name in names:
        if names.count(name) > 1:
            raise InvalidOption(f"--embeddings must give {name} once; it came twice. Rename one.")
    return sources


def _source(text: str) -> Source:
    target, equals, path = text.partition("=")
    name, colon, kind = target.partition(":")
    if not equals or not path or not PLAIN.fullmatch(name):
        raise InvalidOption(
            "--embeddings takes NAME=FILE, with a name of letters, digits and underscores; got"
            f" {text!r}. Type, for example, --embeddings rad_dino=embeddings.parquet."
        )
    if name in (*registry.names(features.extractors), *KINDS, METADATA):
        raise InvalidOption(
            f"A name in --embeddings must not be that of an extractor or kind; got {name!r}. Type,"
            f" for example, --embeddings my_{name}={path}."
        )
    checks.one_of(f"The kind in --embeddings {name}:KIND", kind if colon else DEEP, KINDS)
    return Source(name, kind or DEEP, Path(path), bool(colon))


def given(
    images: Images,
    sources: Sequence[Source],
    poolings: Mapping[str, Pooling],
    missing: str = REFUSE,
) -> tuple[Images, dict[str, Given]]:
    """The images that have an embedding in every file, and the embeddings by name.

    Without `missing="skip"`, an image that has none raises.
    """
    checks.one_of("--missing", missing, MISSING)
    found = [_read(source, poolings[source.name].pool) for source in sources]
    rows = {each.source.name: _rows(each.source, each.read, images) for each in found}
    kept = _set_aside(images, found, rows, missing)
    places = images.rows(kept.ids)
    return kept, {
        source.name: Given(source, recipe, kept.ids, read.values[rows[source.name][places]])
        for source, read, recipe in found
    }


class Found(NamedTuple):
    """What was read from a source, and the recipe of its features."""

    source: Source
    read: Embeddings
    recipe: Recipe


def _read(source: Source, pool: str) -> Found:
    """The embeddings of a source, and their recipe."""
    with stage(f"reading {source.name}"):
        digest = embedding_files.digest_of(source.path)
        inputs.note(inputs.FILES, str(source.path), digest, str(source.path))
        read = embedding_files.read(source.path, pool, digest)
    if read.tokens == 1 and pool != Pooling.pool:
        raise InvalidOption(
            f"{source.name}.pool={pool} needs several vectors for each image; {source.path} has one"
            f" of {read.values.shape[1]:,} numbers. Leave it out."
        )
    parameters = {"pool": pool, "width": read.values.shape[1]}
    return Found(source, read, recipe_of_file(source.name, parameters, digest))


def _rows(source: Source, read: Embeddings, images: Images) -> np.ndarray:
    """The row of each image in a file, -1 for none, with a warning about other folders."""
    rows, moved = rows_of(read.ids, images)
    if moved:
        warn(
            f"{source.name} has {counted(len(moved), 'embedding')} for images in other folders than"
            f" the ids name, such as {moved[0][0]} for {moved[0][1]}"
        )
    return rows


def _set_aside(
    images: Images, found: Sequence[Found], rows: Mapping[str, np.ndarray], missing: str
) -> Images:
    """The images that have a row in every source, with a note on those that have none."""
    reasons = np.full(len(images), "", object)
    notes = []
    for source, read, _ in found:
        lacking = rows[source.name] < 0
        if lacking.any() and (missing == REFUSE or lacking.all()):
            raise InvalidOption(_lacking(images, source, read, lacking))
        reasons[lacking] = f"no embedding of {source.name} in {source.path}"
        if lacking.any():
            names = ", ".join(map(str, images.ids[lacking][:EXAMPLES]))
            count = f"{counted(int(lacking.sum()), 'image')} without an embedding of {source.name}"
            notes.append(f"set aside: {count}, such as {names}")
    gone = reasons != ""
    skipped = tuple(Skipped(images.ids[row], reasons[row]) for row in np.flatnonzero(gone))
    return replace(images, notes=(*images.notes, *notes)).select(~gone, skipped)


def _lacking(images: Images, source: Source, read: Embeddings, lacking: np.ndarray) -> str:
    """An error for images without an embedding, which shows how ids differ if none fits."""
    names = ", ".join(map(str, images.ids[lacking][:EXAMPLES]))
    ways = "Add them, or type --missing skip to set these images aside."
    if lacking.all():
        ways = f"Its ids are like {read.ids[0]!r}: name the file of these images."
    return (
        f"Every image must have an embedding of {source.name}; {int(lacking.sum()):,} of"
        f" {len(images):,} have none in {source.path}, such as {names}. {ways}"
    )
