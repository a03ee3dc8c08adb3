"""Views of rows of an array that is too large to copy for every selection."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Rows:
    """Selected rows of an array (n, d). Selecting again copies only row numbers; `np.asarray`
    copies the rows.
    """

    base: np.ndarray
    places: np.ndarray

    @classmethod
    def all_of(cls, base: np.ndarray) -> Any:
        """All rows, which a block of views takes like an array."""
        return cls(base, np.arange(len(base)))

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array with these rows."""
        return (len(self.places), *self.base.shape[1:])

    @property
    def dtype(self) -> np.dtype:
        """The type of the numbers."""
        return self.base.dtype

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, which: Any) -> "Rows":
        return Rows(self.base, self.places[which])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.base[self.places].astype(dtype or self.dtype, copy=False)
