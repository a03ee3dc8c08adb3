"""Late fusion: classifiers that learn separately and are averaged."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import softmax

from models.classifier import Classifier, Labelled, validation_auc
from models.members import Members
from models.named import classifier_named
from models.views import KINDS, Views

__all__ = ["LateFusion"]

# Avoids a division by 0: the logits of a constant label do not vary.
LEAST_SPREAD = 1e-6


@dataclass(repr=False, eq=False, kw_only=True)
class LateFusion(Members):
    """Weighted average of the logits of separate classifiers (NAME, or NAME:KIND or :BLOCK)."""

    members: tuple[str, ...] = ("cnn", "dual_input:words")
    # Weights are multiples of 1 / weight_steps.
    weight_steps: int = 4

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds or names of views its members take together."""
        taken = dict.fromkeys(kind for member in self._made() for kind in member.needs)
        return (*filter(taken.__contains__, KINDS), *(each for each in taken if each not in KINDS))

    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        held_out, truth = validation
        self.fitted_ = [
            member._fit(views, labels, validation, self.exclusive) for member in self._made()
        ]
        logits = self._of_members(held_out)
        # One spread over all exclusive classes, or their order in an image would change.
        over = (1, 2) if self.exclusive else 1
        self.centres_ = logits.mean(axis=1, keepdims=True)
        spreads = np.maximum(logits.std(axis=over, keepdims=True), LEAST_SPREAD)
        self.spreads_ = np.broadcast_to(spreads, self.centres_.shape).copy()
        if self.exclusive:
            self.centres_ = np.zeros_like(self.centres_)
        standard = (logits - self.centres_) / self.spreads_
        shares = weightings(len(logits), self.weight_steps)
        aucs = [validation_auc(truth, self._fused(share, standard)) for share in shares]
        self.shares_ = shares[int(np.argmax(aucs))]

    def _fused(self, shares: np.ndarray, standard: np.ndarray) -> np.ndarray:
        """Scores (n, k) of members' standardised logits averaged with these shares."""
        average = np.tensordot(shares, standard, 1)
        if not self.exclusive:
            return average
        return softmax(average * np.tensordot(shares, self.spreads_, 1), axis=1)

    def _logits(self, views: Views) -> np.ndarray:
        return self._rest + super()._logits(views)

    @property
    def _factors(self) -> np.ndarray:
        """Factors of the members' logits, (members, 1, k): shares on a common scale."""
        spread = np.tensordot(self.shares_, self.spreads_, 1)
        return self.shares_[:, None, None] * spread / self.spreads_

    @property
    def _rest(self) -> np.ndarray:
        """What is added to the members' logits, (1, k), to give them a common centre."""
        return ((self.shares_[:, None, None] - self._factors) * self.centres_).sum(axis=0)

    @property
    def differentiable_by(self) -> tuple[str, ...]:
        """Kinds of views by which the logits of any member have a gradient."""
        return tuple({kind: None for member in self._made() for kind in member.differentiable_by})

    @property
    def member_shares(self) -> dict[str, float]:
        """Share of each member by its name; repeated names are numbered."""
        names = [
            f"{name} ({place + 1})" if name in self.members[:place] else name
            for place, name in enumerate(self.members)
        ]
        return dict(zip(names, self.shares_.tolist(), strict=True))

    @property
    def weightless(self) -> tuple[str, ...]:
        """Kinds of views that only members with share 0 take."""
        pairs = zip(self._made(), self.shares_, strict=True)
        taken = {kind for member, share in pairs if share for kind in member.needs}
        return tuple(kind for kind in self.needs if kind not in taken)

    def _made(self) -> list[Classifier]:
        return [classifier_named(name, seed=self.seed) for name in self.members]


def weightings(n_members: int, steps: int) -> np.ndarray:
    """Every division of 1 among members in multiples of 1 / steps, (divisions, members).

    The most even ones come first.
    """
    counts = product(range(steps + 1), repeat=n_members)
    shares = np.array([each for each in counts if sum(each) == steps]) / steps
    return shares[np.argsort((shares**2).sum(axis=1), kind="stable")]
