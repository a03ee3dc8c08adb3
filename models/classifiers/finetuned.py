"""The CNN itself, trained on images end to end."""

from dataclasses import dataclass

from models.image_classifier import ImageClassifier
from models.views import PIXELS

__all__ = ["FineTuned"]


@dataclass(repr=False, eq=False, kw_only=True)
class FineTuned(ImageClassifier):
    """The CNN itself, trained on images end to end."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds of views it takes."""
        return (PIXELS,)
