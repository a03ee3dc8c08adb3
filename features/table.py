"""Features: what leaves this room, a vector per film, aligned by id."""

from dataclasses import dataclass

import numpy as np

from errors import MisalignedRows


@dataclass(frozen=True)
class Features:
    """Vectors (n, d) float32, or uint8 where they are pixels, of n films by one extractor."""

    extractor: str
    ids: np.ndarray
    values: np.ndarray

    def __post_init__(self) -> None:
        if len(self.ids) != len(self.values):
            raise MisalignedRows(
                f"Every vector must have its id; {self.extractor} has {len(self.values)} vectors"
                f" for {len(self.ids)} ids. Extract anew."
            )
