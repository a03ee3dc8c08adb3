"""Features: what leaves this room, a vector per film, aligned by id."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

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

    def rows(self, ids: np.ndarray) -> np.ndarray:
        """Vectors (m, d) of these ids in their order; one that is not there raises."""
        found = pd.Index(self.ids).get_indexer(ids)
        if (found < 0).any():
            missing = np.asarray(ids)[found < 0]
            raise MisalignedRows(
                f"Every film must have its {self.extractor} vector; {len(missing)} have none, such"
                f" as {str(missing[0])!r}. Run `extract` on these films first."
            )
        return self.values[found]
