"""Labels that take turns on one set of vectors: what every way of growing trees shares."""

from typing import Any

import numpy as np

Parameters = dict[str, Any]
# Of the same films, (n, d) and (n, k).
LabelledVectors = tuple[np.ndarray, np.ndarray]


class LabelTurns:
    """Labels (n, k) of films whose vectors lie somewhere, as a booster is shown them."""

    labels: np.ndarray

    def turn(self, column: int) -> tuple[np.ndarray, np.ndarray]:
        """Targets and weights (n,) of one label; a film that does not report it has no weight."""
        labels = self.labels[:, column]
        return np.nan_to_num(labels).astype(np.float32), (~np.isnan(labels)).astype(np.float32)

    def has_both(self, column: int) -> bool:
        """Whether any film shows the label and any is free of it."""
        return {0, 1} <= set(self.labels[:, column].tolist())
