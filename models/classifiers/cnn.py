"""The CNN-only baseline: a hidden layer on the embedding."""

from dataclasses import dataclass

from models.network_classifier import NetworkClassifier
from models.views import DEEP

__all__ = ["Cnn"]


@dataclass(repr=False, eq=False, kw_only=True)
class Cnn(NetworkClassifier):
    """The CNN-only baseline: a network with one hidden layer on deep features."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds of views it takes."""
        return (DEEP,)
