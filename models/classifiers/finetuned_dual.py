"""The CNN trained on images end to end, with visual words as a second input."""

from dataclasses import dataclass

from models.image_classifier import ImageClassifier
from models.views import PIXELS, WORDS

__all__ = ["FineTunedDual"]


@dataclass(repr=False, eq=False, kw_only=True)
class FineTunedDual(ImageClassifier):
    """The CNN, trained on images end to end, with visual words as a second input."""

    views: tuple[str, ...] = (PIXELS, WORDS)

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds of views it takes."""
        return self.views
