"""Ensembles: the mean of classifiers, as networks are averaged, or a stack of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

import checks
from errors import InvalidOption
from models.classifier import Labelled
from models.named import TAKES, classifier_named
from models.stacking import folds_of, out_of_fold, stacked_shares
from models.views import DEEP, Views
from models.weighted_members import WeightedMembers

__all__ = ["Ensemble"]

MEAN, STACKING = COMBINING = ("mean", "stacking")


@dataclass(repr=False, eq=False, kw_only=True)
class Ensemble(WeightedMembers):
    """Mean of the logits of classifiers, by default one for each network, or a stack of them."""

    # Names of the embeddings it takes; without any, all of them.
    networks: tuple[str, ...] = ()
    member: str = "cnn"
    # These instead of one for each network.
    members: tuple[str, ...] = ()
    combine: str = MEAN
    # Of stacking: folds of the training patients, and the penalty of the ridge.
    cv: int = 5
    alpha: float = 100.0

    def names(self, blocks: Sequence[str]) -> list[str]:
        """The members by name, one for each block unless they are listed."""
        if self.members and self.networks:
            raise InvalidOption(
                "ensemble.members names what each member takes, so that ensemble.networks has"
                f" nothing to name; got {','.join(self.networks)}. Leave one of them out."
            )
        return list(self.members) or [f"{self.member}{TAKES}{name}" for name in blocks]

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds or names of views it takes."""
        return self._needed() if self.members else self.networks or (DEEP,)

    @property
    def libraries(self) -> tuple[str, ...]:
        """Modules whose versions what its members learned depends on."""
        return super().libraries if self.members else classifier_named(self.member).libraries

    @property
    def differentiable_by(self) -> tuple[str, ...]:
        """Kinds or names of views that its logits have a gradient with respect to."""
        if self.members:
            return super().differentiable_by
        return self.needs if classifier_named(self.member).differentiable_by else ()

    @property
    def trainings(self) -> int:
        """How often each member is trained, counted in trainings on all training images."""
        return self.cv if self.combine == STACKING else 1

    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        checks.one_of("combine", self.combine, COMBINING)
        checks.at_least("cv", self.cv, 2)
        self._fit_members(views, labels, validation)
        self._average(labels.shape[1])
        if self.combine == STACKING:
            self._stack(views, labels, validation)

    def _stack(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        """Shares by the predictions of members for images that they did not learn from."""
        folds = folds_of(self._owners(len(labels)), self.cv, self.seed)
        members = [self._made() for _ in range(int(folds.max()) + 1)]
        standard = out_of_fold(members, (views, labels), validation, folds, self.exclusive)
        self._scale(self._of_members(validation[0]))
        self.shares_ = stacked_shares(standard, labels, self.alpha)

    def load(self, folder: Path) -> Self:
        """The classifier as it was saved to this folder."""
        super().load(folder)
        # Earlier versions only had the mean, and kept no shares.
        if not hasattr(self, "shares_"):
            self._average(len(self.constants_))
        return self
