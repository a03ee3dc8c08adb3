"""Late fusion: classifiers that learn separately and are averaged."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.special import softmax

from models.classifier import Labelled, validation_auc
from models.views import Views
from models.weighted_members import WeightedMembers

__all__ = ["LateFusion"]


@dataclass(repr=False, eq=False, kw_only=True)
class LateFusion(WeightedMembers):
    """Weighted average of the logits of separate classifiers (NAME, or NAME:KIND or :BLOCK).

    The shares are those of the best macro AUC on n validation images, moved towards equal shares:
    these count as much as `prior_images` images, the others as much as n.
    """

    members: tuple[str, ...] = ("cnn", "dual_input:words")
    # Shares that are tried are multiples of 1 / weight_steps.
    weight_steps: int = 4
    prior_images: float = 25.0

    def names(self, blocks: Sequence[str]) -> list[str]:
        """The members by name."""
        return list(self.members)

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds or names of views its members take together."""
        return self._needed()

    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        held_out, truth = validation
        self._fit_members(views, labels, validation)
        logits = self._of_members(held_out)
        self._scale(logits)
        standard = (logits - self.centres_) / self.spreads_
        ways = weightings(len(logits), self.weight_steps)
        aucs = [validation_auc(truth, self._fused(shares, standard)) for shares in ways]
        best = ways[int(np.argmax(aucs))]
        self.shares_ = shrunk(best, len(held_out), self.prior_images)

    def _fused(self, shares: np.ndarray, standard: np.ndarray) -> np.ndarray:
        """Scores (n, k) of members' standardised logits averaged with these shares."""
        average = np.tensordot(shares, standard, 1)
        if not self.exclusive:
            return average
        return softmax(average * np.tensordot(shares, self.spreads_, 1), axis=1)


def shrunk(shares: np.ndarray, n_images: int, prior_images: float) -> np.ndarray:
    """Shares (members,) chosen on so many images, averaged with equal ones by `prior_images`."""
    trust = n_images / (n_images + prior_images)
    return trust * shares + (1 - trust) / len(shares)


def weightings(n_members: int, steps: int) -> np.ndarray:
    """Every division of 1 among members in multiples of 1 / steps, (divisions, members).

    The most even ones come first.
    """
    counts = product(range(steps + 1), repeat=n_members)
    shares = np.array([each for each in counts if sum(each) == steps]) / steps
    return shares[np.argsort((shares**2).sum(axis=1), kind="stable")]
