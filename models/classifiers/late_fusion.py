"""Late fusion: classifiers that learn apart and are averaged."""

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Self

import numpy as np

import models.classifiers
import registry
from errors import InvalidOption
from models.classifier import Classifier, Labelled, chosen_by
from models.views import KINDS, Views

__all__ = ["LateFusion"]

# The logits of a constant label do not spread at all.
LEAST_SPREAD = 1e-6


@dataclass(repr=False, eq=False, kw_only=True)
class LateFusion(Classifier):
    """The average of members' logits, weighed on validation; NAME or NAME:KIND+KIND each."""

    members: tuple[str, ...] = ("cnn", "dual_input:words")
    # Weights are multiples of one in so many parts.
    parts: int = 4

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds of views its members take together."""
        taken = {kind for member in self._made() for kind in member.needs}
        return tuple(kind for kind in KINDS if kind in taken)

    @property
    def libraries(self) -> tuple[str, ...]:
        """Modules whose versions matter to what its members learned."""
        return tuple({name: None for member in self._made() for name in member.libraries})

    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        held_out, truth = validation
        self.fitted_ = [member._fit(views, labels, validation) for member in self._made()]
        logits = self._of_members(held_out)
        self.centres_ = logits.mean(axis=1, keepdims=True)
        self.spreads_ = np.maximum(logits.std(axis=1, keepdims=True), LEAST_SPREAD)
        standard = (logits - self.centres_) / self.spreads_
        shares = _shares(len(logits), self.parts)
        aucs = [chosen_by(truth, np.tensordot(share, standard, 1)) for share in shares]
        self.shares_ = shares[int(np.argmax(aucs))]

    def _logits(self, views: Views) -> np.ndarray:
        standard = (self._of_members(views) - self.centres_) / self.spreads_
        # Back on the members' common scale, so that the result still is a logit.
        centre, spread = (
            np.tensordot(self.shares_, each, 1) for each in (self.centres_, self.spreads_)
        )
        return centre + spread * np.tensordot(self.shares_, standard, 1)

    def _of_members(self, views: Views) -> np.ndarray:
        """Logits (members, n, k)."""
        return np.stack([member.decision_function(views) for member in self.fitted_])

    def _made(self) -> list[Classifier]:
        return [_member(name, self.seed) for name in self.members]

    def save(self, folder: Path) -> None:
        """Write what was learned into a folder: shares here, members in folders of their own."""
        super().save(folder)
        for place, member in enumerate(self.fitted_):
            member.save(folder / f"member-{place}")

    def load(self, folder: Path) -> Self:
        """The classifier as it was when saved into this folder."""
        self.fitted_ = [
            member.load(folder / f"member-{place}") for place, member in enumerate(self._made())
        ]
        return super().load(folder)


def _member(name: str, seed: int) -> Classifier:
    """A classifier from NAME or NAME:KIND+KIND."""
    classifier, _, kinds = name.partition(":")
    made = registry.load(models.classifiers, classifier)(seed=seed)
    if kinds and "views" not in made.get_params():
        raise InvalidOption(
            f"{classifier} takes {' and '.join(made.needs)} and nothing else; got {name!r}. Leave"
            f" :{kinds} away, or take another member."
        )
    return made.set_params(views=tuple(kinds.split("+"))) if kinds else made


def _shares(n_members: int, parts: int) -> np.ndarray:
    """Every way to share 1 among members in so many parts, (ways, members), the evenest first."""
    ways = product(range(parts + 1), repeat=n_members)
    shares = np.array([way for way in ways if sum(way) == parts]) / parts
    return shares[np.argsort((shares**2).sum(axis=1), kind="stable")]
