"""Credit: what every number of the vectors adds to a decision."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Credit:
    """Logits (n, k) of n films and k labels, told apart by who brought them.

    `blocks` (n, k, d) by name is signed, in units of the logit; `bias` (n, k) is what no number
    accounts for, so that all blocks and the bias sum to the logit.
    """

    blocks: dict[str, np.ndarray]
    bias: np.ndarray

    @property
    def sums(self) -> dict[str, np.ndarray]:
        """What each block adds to the logit (n, k): evidence for the label less that against it."""
        return {name: values.sum(axis=2) for name, values in self.blocks.items()}

    @property
    def shares(self) -> dict[str, np.ndarray]:
        """Each block's part (n, k) of all evidence, for and against: |credit| over all |credit|.

        The shares of a film and label sum to 1, or are 0 where nothing is credited.
        """
        sizes = {name: np.abs(values).sum(axis=2) for name, values in self.blocks.items()}
        total = sum(sizes.values(), np.zeros_like(self.bias))
        return {
            name: np.divide(size, total, out=np.zeros_like(size), where=total > 0)
            for name, size in sizes.items()
        }
