"""Views of rows and columns of an array that is too large to copy for every selection."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Rows:
    """Selected rows of an array (n, d), and selected columns if any. Selecting again copies only
    row numbers; `np.asarray` copies the rows.
    """

    base: np.ndarray
    places: np.ndarray
    columns: np.ndarray | None = None

    @classmethod
    def all_of(cls, base: Any) -> Any:
        """All rows, which a block of views takes like an array."""
        return base if isinstance(base, Rows) else cls(base, np.arange(len(base)))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array with these rows."""
        width = self.base.shape[1:] if self.columns is None else self.columns.shape
        return (len(self.places), *width)

    @property
    def dtype(self) -> np.dtype:
        """The type of the numbers."""
        return self.base.dtype

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, which: Any) -> "Rows":
        return Rows(self.base, self.places[which], self.columns)

    def with_columns(self, columns: np.ndarray) -> Any:
        """The same rows with these columns, of which some may be repeated."""
        return Rows(self.base, self.places, columns)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        rows = self.base[self.places]
        chosen = rows if self.columns is None else rows[:, self.columns]
        return chosen.astype(dtype or self.dtype, copy=False)
