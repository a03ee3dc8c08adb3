"""Rows of an array that is too large to be copied for every choice among them."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class Rows:
    """Chosen rows of an array (n, d): choosing again copies numbers of rows, and only
    `np.asarray` copies the rows themselves.
    """

    base: np.ndarray
    places: np.ndarray

    @classmethod
    def all_of(cls, base: np.ndarray) -> Any:
        """All rows; blocks of views take them for an array."""
        return cls(base, np.arange(len(base)))

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the array that the rows would make."""
        return (len(self.places), *self.base.shape[1:])

    @property
    def dtype(self) -> np.dtype:
        """Of the numbers."""
        return self.base.dtype

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, which: Any) -> "Rows":
        return Rows(self.base, self.places[which])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.base[self.places].astype(dtype or self.dtype, copy=False)
