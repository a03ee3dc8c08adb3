"""The columns beside the probabilities in predictions/*.csv: fold, truth, threshold, decision."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

FOLD = "fold"
TRUTH, THRESHOLD, DECISION = "truth", "threshold", "decision"
KINDS = (TRUTH, THRESHOLD, DECISION)
# Below it numbers are written with an exponent.
LEAST_PLAIN = 1e-4
# Texts of 0, of 1, and of what is not known.
BINARY = pa.array(["0", "1", ""])


@dataclass(frozen=True)
class Beside:
    """Truth (n, k) of 1, 0 and NaN; thresholds (n, k) with NaN for none; numbers of folds (n,).

    Thresholds of 0 and infinity call the most probable of exclusive classes, and are not written.
    """

    truth: np.ndarray
    thresholds: np.ndarray | None = None
    folds: np.ndarray | None = None

    def names(self, label_names: Sequence[str]) -> list[str]:
        """The names of all columns, such as `fold` and `truth:Edema`, different from the labels."""
        kinds: tuple[str, ...] = KINDS[:1] if self.thresholds is None else KINDS
        kinds = (TRUTH, DECISION) if self._choose_class else kinds
        names = [f"{kind}:{label}" for kind in kinds for label in label_names]
        taken = set(label_names)
        return [_free(name, taken) for name in [FOLD] * (self.folds is not None) + names]

    @property
    def _choose_class(self) -> bool:
        return self.thresholds is not None and bool(np.isinf(self.thresholds).any())

    def columns(self, rows: slice, probabilities: np.ndarray) -> Iterator[pa.Array]:
        """The cells of some rows as text, column by column, in the order of the names."""
        if self.folds is not None:
            yield pc.cast(pa.array(self.folds[rows]), pa.string())
        yield from map(_binary, self.truth[rows].T)
        if self.thresholds is not None:
            thresholds = self.thresholds[rows].astype(float)
            if not self._choose_class:
                yield from map(_repeated, thresholds.T)
            decided = np.where(np.isnan(thresholds), np.nan, probabilities >= thresholds)
            yield from map(_binary, decided.T)


def are_beside(names: Collection[str]) -> set[str]:
    """Those of a table's columns that `Beside` may have named: labels can have such names too."""
    labels = {name.rstrip("_") for name in names}
    parts = {name: name.rstrip("_").partition(":") for name in names}
    found = {name for name, (kind, _, label) in parts.items() if kind in KINDS and label in labels}
    return found | {name for name in names if found and name.rstrip("_") == FOLD}


def as_text(values: np.ndarray) -> pa.Array:
    """Numbers (n,) from 0 to 1 in the fewest digits that reproduce them, as NumPy writes them."""
    text = pc.cast(pa.array(np.ascontiguousarray(values)), pa.string())
    # Arrow and NumPy differ here: 0 or 0.0, 0.00001 or 1e-05.
    other = (values < LEAST_PLAIN) | (values == 1)
    return pc.replace_with_mask(text, other, pa.array(values[other].astype(str), pa.string()))


def _free(name: str, taken: set[str]) -> str:
    """A name that no label has."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _binary(values: np.ndarray) -> pa.Array:
    return BINARY.take(pa.array(np.where(np.isnan(values), 2, values).astype(np.int8)))


def _repeated(values: np.ndarray) -> pa.Array:
    """Numbers of few different values as text; an empty one for NaN."""
    places, known = pd.factorize(values)
    texts = [*as_text(known).to_pylist(), ""]
    return pa.array(texts, pa.string()).take(pa.array(places % len(texts)))
