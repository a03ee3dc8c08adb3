"""What a trained bundle sees in changed images: predictions, and which block of features fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.severity_figures import Seen
from inference.working_bundle import IMAGES_AT_ONCE, WorkingBundle
from models.views import Views


@dataclass(frozen=True)
class ChangedPredictions:
    """A bundle with the features of unchanged images by block, and the columns of its labels.

    `meta` are age, sex and view of the images, which changes leave as they are.
    """

    working: WorkingBundle
    unchanged: Mapping[str, np.ndarray]
    meta: pd.DataFrame
    columns: Sequence[int]

    def seen(self, blocks: Mapping[str, np.ndarray]) -> Seen:
        """Calibrated probabilities and decisions for the features of images."""
        found = self.working.findings(self._views(blocks))
        decided = found.present[:, self.columns].astype(float)
        return Seen(found.calibrated[:, self.columns].astype(float), decided)

    def alone(self, blocks: Mapping[str, np.ndarray]) -> dict[str, Seen]:
        """The same if one block alone is of changed images, by that block; {} of a single one."""
        if len(self.unchanged) < 2:
            return {}
        return {name: self.seen({**self.unchanged, name: blocks[name]}) for name in self.unchanged}

    def shares(self, blocks: Mapping[str, np.ndarray]) -> dict[str, float]:
        """Each block's mean share of the absolute attribution of all predictions; {} of one."""
        if len(self.unchanged) < 2:
            return {}
        views, parts = self._views(blocks), []
        for start in range(0, len(views), IMAGES_AT_ONCE):
            some = views.select(slice(start, start + IMAGES_AT_ONCE))
            parts.append(self.working.bundle.classifier.attribution(some, self.columns).shares)
        shares = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        # Where nothing is attributed, as for constant labels, all shares are 0.
        known = sum(shares.values(), np.zeros_like(next(iter(shares.values())))) > 0
        return {
            name: float(values[known].mean()) if known.any() else 0.0
            for name, values in shares.items()
        }

    def _views(self, blocks: Mapping[str, np.ndarray]) -> Views:
        return self.working.assembled(dict(blocks), self.meta)
