"""The CNN-only baseline: a hidden layer on the embedding."""

from dataclasses import dataclass

from models.network_classifier import NetworkClassifier
from models.views import DEEP

__all__ = ["Cnn"]


@dataclass(repr=False, eq=False, kw_only=True)
class Cnn(NetworkClassifier):
    """The CNN-only baseline: a network with one hidden layer on deep features."""

    # Names of the embeddings it takes; without any, all of them next to each other.
    networks: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds or names of views it takes."""
        return self.networks or (DEEP,)
