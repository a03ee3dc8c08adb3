"""Images counted by patient in cells of each label, such as called positive and without finding."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from evaluation.ranking import product


@dataclass(frozen=True)
class PatientCells:
    """Counts (labels x cells, patients) of images, for any weights of the patients."""

    counts: csr_array
    n_cells: int

    @classmethod
    def of(
        cls, cells: np.ndarray, counted: np.ndarray, owners: np.ndarray, n_cells: int
    ) -> "PatientCells":
        """From the cell (n, k) of each image and label that is counted (n, k); owners (n,)."""
        image, label = np.nonzero(counted)
        rows = n_cells * label + cells[image, label]
        shape = (n_cells * cells.shape[1], int(owners.max()) + 1)
        # Few entries are left, since images of a patient in the same cell are added up.
        return cls(
            csr_array((np.ones(len(image), np.int32), (rows, owners[image])), shape), n_cells
        )

    def under(self, weights: np.ndarray) -> np.ndarray:
        """Images in each cell under whole weights (patients, B), as numbers (cells, B, labels)."""
        counts = product(self.counts, weights).astype(float)
        return counts.reshape(-1, self.n_cells, weights.shape[1]).transpose(1, 2, 0)
