"""What the networks share: building a head, training it, keeping it as a `.keras` file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from scipy.special import logit

from errors import InvalidOption
from features.runtime import keras
from models.classifier import Classifier, Labelled
from models.networks import FUSIONS, head
from models.training import Training, logits, train
from models.views import Views

NETWORK = "network.keras"


@dataclass(repr=False, eq=False, kw_only=True)
class NetworkClassifier(Training, Classifier):
    """A head on cached vectors; `network_` maps them by block's name to logits (n, k)."""

    hidden: int = 256
    dropout: float = 0.7
    fusion: str = "concat"

    @property
    def libraries(self) -> tuple[str, ...]:
        """Modules whose versions matter to what it learned."""
        return (*super().libraries, "keras", "tensorflow")

    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        if self.fusion not in FUSIONS:
            raise InvalidOption(f"fusion must be one of {', '.join(FUSIONS)}; got {self.fusion!r}.")
        self.network_ = head(
            views, _prior(labels), self.hidden, self.dropout, self.fusion, self.seed
        )
        self.history_ = train(self.network_, views, labels, validation, self, self.seed)

    def _logits(self, views: Views) -> np.ndarray:
        return logits(self.network_, views)

    def save(self, folder: Path) -> None:
        """Write what was learned into a folder: plain arrays and the network."""
        super().save(folder)
        self.network_.save(folder / NETWORK)

    def load(self, folder: Path) -> Self:
        """The classifier as it was when saved into this folder; no code in the file runs."""
        self.network_ = keras.saving.load_model(folder / NETWORK, compile=False, safe_mode=True)
        return super().load(folder)


def _prior(labels: np.ndarray) -> np.ndarray:
    """Logit of each label's prevalence by Laplace's rule, (k,): where the network starts."""
    positives, reported = (labels == 1).sum(axis=0), (~np.isnan(labels)).sum(axis=0)
    return logit((positives + 1) / (reported + 2)).astype(np.float32)
