"""Views: the input of classifiers, blocks of features with aligned rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

import checks
from errors import InvalidOption, MisalignedRows
from models.row_view import Rows

DEEP, WORDS, METADATA, PIXELS = KINDS = ("deep", "words", "metadata", "pixels")
# Bytes of features that are copied at once, little enough for the memory to be used again.
COPIED_AT_ONCE = 16_000_000
SEXES = ("F", "M")
PROJECTIONS = ("PA", "AP", "LATERAL")
# Constants, because anything learned from images would have to be saved with the model.
MIDDLE_AGE, AGE_SPREAD = 50, 20
# Images that `parts` takes together.
IMAGES_AT_ONCE = 4096


class Block(NamedTuple):
    """Features (n, d) of n images, float32 or uint8 for pixels, as an array or as Rows of one; and
    their kind."""

    values: np.ndarray
    kind: str


@dataclass(frozen=True)
class Views:
    """Blocks by name in a fixed order, each with a row for each image."""

    blocks: dict[str, Block]

    def __post_init__(self) -> None:
        counts = {name: len(block.values) for name, block in self.blocks.items()}
        if len(set(counts.values())) != 1:
            raise MisalignedRows(
                f"Views need at least one block, and a row for each image in each; got {counts}."
                " Select the rows of the same ids from every extractor."
            )
        for block in self.blocks.values():
            checks.one_of("kind", block.kind, KINDS)

    def __len__(self) -> int:
        return len(next(iter(self.blocks.values())).values)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the blocks in their order."""
        return tuple(self.blocks)

    @property
    def widths(self) -> dict[str, int]:
        """Number of features in each block."""
        return {name: block.values.shape[1] for name, block in self.blocks.items()}

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        """Features (n, d) of each block, copied where they are rows of a larger array."""
        return {name: np.asarray(block.values) for name, block in self.blocks.items()}

    def of(self, *wanted: str) -> "Views":
        """The blocks of these kinds or names, at least one of each."""
        missing = set(wanted) - {block.kind for block in self.blocks.values()} - set(self.names)
        if missing:
            raise InvalidOption(
                f"Views must hold {' and '.join(wanted)}; there is no"
                f" {' and no '.join(sorted(missing))} among {', '.join(self.names)}. Add such an"
                " extractor to --extractors."
            )
        pairs = self.blocks.items()
        return Views({name: each for name, each in pairs if {name, each.kind} & set(wanted)})

    def select(self, which: np.ndarray | slice) -> "Views":
        """The views of these images: a mask, row numbers or a slice."""
        return Views({name: Block(of.values[which], of.kind) for name, of in self.blocks.items()})

    def stacked(self) -> np.ndarray:
        """All blocks side by side, (n, sum of widths) float32."""
        everything = np.empty((len(self), sum(self.widths.values())), np.float32)
        for name, columns in self.by_block(everything).items():
            for rows, part in pieces(self.blocks[name].values):
                columns[rows] = part
        return everything

    def parts(self) -> Iterator["Views"]:
        """The views of some images at a time, so that copies of all never exist at once."""
        for start in range(0, len(self), IMAGES_AT_ONCE):
            yield self.select(slice(start, start + IMAGES_AT_ONCE))

    def by_block(self, stacked: np.ndarray) -> dict[str, np.ndarray]:
        """Stacked values (..., sum of widths) by block."""
        ends = np.cumsum(list(self.widths.values()))[:-1]
        return dict(zip(self.names, np.split(stacked, ends, axis=-1), strict=True))


def views_of(
    features: Mapping[str, np.ndarray], kinds: Mapping[str, str], meta: pd.DataFrame | None = None
) -> Views:
    """What classifiers take: features (n, d) by extractor, and `meta` of the same images if given.

    Every command goes through this function, in training and afterwards.
    """
    blocks = {
        # Features are too many to be copied whenever images are selected.
        name: Block(Rows.all_of(values), kinds[name])
        for name, values in features.items()
    }
    if meta is not None:
        blocks[METADATA] = metadata_block(meta)
    return Views(blocks)


def side_of(width: int) -> int:
    """Side in pixels of square images that are rows of so many numbers."""
    return isqrt(width)


def shuffled_words(views: Views, seed: int) -> Views:
    """Control: visual words of other images, in the same order for all blocks of visual words."""
    order = np.random.default_rng(seed).permutation(len(views))
    # One cycle through all images, so that none keeps its own visual words.
    others = np.empty_like(order)
    others[order] = np.roll(order, 1)
    return Views(views.blocks | views.of(WORDS).select(others).blocks)


def duplicated_embedding(views: Views) -> Views:
    """Control: the embedding, repeated to the same width, in place of visual words."""
    blocks = list(views.of(DEEP).blocks.values())
    deep = Rows.all_of(blocks[0].values if len(blocks) == 1 else views.of(DEEP).stacked())
    repeated = {
        name: Block(deep.with_columns(np.arange(width) % deep.shape[1]), WORDS)
        for name, width in views.of(WORDS).widths.items()
    }
    return Views(views.blocks | repeated)


def metadata_block(meta: pd.DataFrame) -> Block:
    """Age, sex and view of n images as (n, 9), with columns that mark unknown values."""
    age = meta["age"].to_numpy(float)
    scaled = np.where(np.isnan(age), 0, (age - MIDDLE_AGE) / AGE_SPREAD)
    columns = [scaled, np.isnan(age)]
    for name, values in (("sex", SEXES), ("view", PROJECTIONS)):
        columns += [meta[name] == value for value in values] + [~meta[name].isin(values)]
    return Block(np.column_stack(columns).astype(np.float32), METADATA)


def pieces(values: Any) -> Iterator[tuple[slice, np.ndarray]]:
    """All rows of an array or of Rows, copied a few at a time: which rows, and what they hold."""
    size = max(1, COPIED_AT_ONCE // (values.shape[1] * values.dtype.itemsize))
    for start in range(0, len(values), size):
        rows = slice(start, start + size)
        yield rows, np.asarray(values[rows])


def moments(values: Any) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each column of an array or of Rows, as (d,) float32.

    A column that never varies gets deviation 1, because in a new image it may vary, and dividing
    by nearly nothing would let it outweigh every other column.
    """
    mean = sum(part.sum(axis=0, dtype=float) for _, part in pieces(values)) / len(values)
    centred = (part - mean.astype(np.float32) for _, part in pieces(values))
    squares = sum(np.square(part).sum(axis=0, dtype=float) for part in centred)
    deviation = np.sqrt(squares / len(values))
    return mean.astype(np.float32), np.where(deviation > 0, deviation, 1).astype(np.float32)


def block_scale(views: Views) -> tuple[np.ndarray, np.ndarray]:
    """Shift and divisor (sum of widths,) that give every block a total variance of 1."""
    pairs = [moments(block.values) for block in views.blocks.values()]
    means, deviations = zip(*pairs, strict=True)
    divisors = [deviation * np.sqrt(len(deviation)) for deviation in deviations]
    return np.concatenate(means), np.concatenate(divisors).astype(np.float32)
