"""What classifiers made of several classifiers share: members that learn separately."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from scipy.special import log_softmax

from models.classifier import Classifier, Labelled
from models.plain_arrays import owners_of
from models.views import PIXELS, Views


@dataclass(repr=False, eq=False, kw_only=True)
class Members(Classifier):
    """Sum of the logits of members, each times a factor; a plug-in names members and factors."""

    def _fit_members(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        """Train every member on the same images."""
        self.fitted_ = []
        for place, member in enumerate(self._made()):
            if self.place:
                member.keep_in(self.place / folder_of(place))
            member._patients = self._patients
            self.fitted_.append(member._fit(views, labels, validation, self.exclusive))

    def _owners(self, count: int) -> np.ndarray:
        """The patient of each training image, as far as they are known."""
        known = self._patients is not None and len(self._patients) == count
        return owners_of(count, self._patients if known else None)

    @abstractmethod
    def _made(self) -> list[Classifier]:
        """The members, not fitted yet."""

    @property
    @abstractmethod
    def _factors(self) -> np.ndarray:
        """Factors of the members' logits, (members, 1, k) or (members, 1, 1)."""

    @property
    def libraries(self) -> tuple[str, ...]:
        """Modules whose versions what its members learned depends on."""
        return tuple({name: None for member in self._made() for name in member.libraries})

    def _logits(self, views: Views) -> np.ndarray:
        return (self._factors * self._of_members(views)).sum(axis=0)

    def tensor_logits(self, blocks: dict[str, Any]) -> Any:
        """Logits (n, k) of tensors (n, d) by block name, as far as they have a gradient.

        Members on images have none by features.
        """
        pairs = zip(self._factors.astype(np.float32), self.fitted_, strict=True)
        return sum(
            factor * member.tensor_logits(blocks)
            for factor, member in pairs
            if PIXELS not in member.needs
        )

    def _attribution(self, views: Views, columns: Sequence[int]) -> dict[str, np.ndarray]:
        attributions: dict[str, np.ndarray] = {}
        for factor, member in zip(self._factors, self.fitted_, strict=True):
            own = factor if factor.shape[1] == 1 else factor[:, columns]
            for name, values in member.attribution(views, columns).blocks.items():
                attributions[name] = attributions.get(name, 0) + own[..., None] * values
        return attributions

    def _of_members(self, views: Views) -> np.ndarray:
        """Logits (members, n, k); those of exclusive classes are logarithms of probabilities."""
        logits = np.stack([member.decision_function(views) for member in self.fitted_])
        return log_softmax(logits, axis=2) if self.exclusive else logits

    def save(self, folder: Path) -> None:
        """Write what was learned to a folder, and each member in a folder of its own."""
        super().save(folder)
        for place, member in enumerate(self.fitted_):
            member.save(folder / folder_of(place))

    def load(self, folder: Path) -> Self:
        """The classifier as it was saved to this folder."""
        super().load(folder)
        self.fitted_ = [
            member.load(folder / folder_of(place)) for place, member in enumerate(self._made())
        ]
        return self


def folder_of(place: int) -> str:
    """The folder of a member, counted from 0."""
    return f"member-{place}"
