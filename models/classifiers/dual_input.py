"""The embedding and visual words, each in a branch of its own, fused before the labels."""

from dataclasses import dataclass

from models.network_classifier import NetworkClassifier
from models.views import DEEP, WORDS

__all__ = ["DualInput"]


@dataclass(repr=False, eq=False, kw_only=True)
class DualInput(NetworkClassifier):
    """A network with a branch for deep features and one for visual words."""

    views: tuple[str, ...] = (DEEP, WORDS)

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds of views it takes."""
        return self.views
