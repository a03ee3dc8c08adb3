"""Attribution: how much each feature adds to a decision."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Attribution:
    """Logits (n, k) of n images and k labels, split by the features they come from.

    `blocks` (n, k, d) by name are signed and in logits. `bias` (n, k) is the rest, so that all
    blocks and the bias sum to the logit.
    """

    blocks: dict[str, np.ndarray]
    bias: np.ndarray

    @property
    def sums(self) -> dict[str, np.ndarray]:
        """What each block adds to the logit (n, k): evidence for minus evidence against."""
        return {name: values.sum(axis=2) for name, values in self.blocks.items()}

    @property
    def shares(self) -> dict[str, np.ndarray]:
        """Each block's share (n, k) of the absolute attribution.

        The shares of an image and label sum to 1, or are 0 where nothing is attributed.
        """
        sizes = {name: np.abs(values).sum(axis=2) for name, values in self.blocks.items()}
        total = sum(sizes.values(), np.zeros_like(self.bias))
        return {
            name: np.divide(size, total, out=np.zeros_like(size), where=total > 0)
            for name, size in sizes.items()
        }
