"""Late fusion: classifiers that learn separately and are averaged."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Self

import numpy as np

import models.classifiers
import registry
from errors import InvalidOption
from models.classifier import Classifier, Labelled, validation_auc
from models.views import KINDS, Views

__all__ = ["LateFusion"]

# Avoids a division by 0: the logits of a constant label do not vary.
LEAST_SPREAD = 1e-6


@dataclass(repr=False, eq=False, kw_only=True)
class LateFusion(Classifier):
    """Weighted average of the logits of separate classifiers (NAME or NAME:KIND+KIND)."""

    members: tuple[str, ...] = ("cnn", "dual_input:words")
    # Weights are multiples of 1 / weight_steps.
    weight_steps: int = 4

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds of views its members take together."""
        taken = {kind for member in self._made() for kind in member.needs}
        return tuple(kind for kind in KINDS if kind in taken)

    @property
    def libraries(self) -> tuple[str, ...]:
        """Modules whose versions what its members learned depends on."""
        return tuple({name: None for member in self._made() for name in member.libraries})

    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        held_out, truth = validation
        self.fitted_ = [member._fit(views, labels, validation) for member in self._made()]
        logits = self._of_members(held_out)
        self.centres_ = logits.mean(axis=1, keepdims=True)
        self.spreads_ = np.maximum(logits.std(axis=1, keepdims=True), LEAST_SPREAD)
        standard = (logits - self.centres_) / self.spreads_
        shares = weightings(len(logits), self.weight_steps)
        aucs = [validation_auc(truth, np.tensordot(share, standard, 1)) for share in shares]
        self.shares_ = shares[int(np.argmax(aucs))]

    def _logits(self, views: Views) -> np.ndarray:
        return self._rest + (self._factors * self._of_members(views)).sum(axis=0)

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

    def tensor_logits(self, blocks: dict[str, Any]) -> Any:
        """Logits (n, k) of tensors (n, d) by block name, as far as they have a gradient."""
        factors = self._factors.astype(np.float32)
        pairs = zip(factors, self.fitted_, strict=True)
        return sum(factor * member.tensor_logits(blocks) for factor, member in pairs)

    def _attribution(self, views: Views, columns: Sequence[int]) -> dict[str, np.ndarray]:
        attributions: dict[str, np.ndarray] = {}
        for factor, member in zip(self._factors, self.fitted_, strict=True):
            for name, values in member.attribution(views, columns).blocks.items():
                attributions[name] = attributions.get(name, 0) + factor[:, columns, None] * values
        return attributions

    def _of_members(self, views: Views) -> np.ndarray:
        """Logits (members, n, k)."""
        return np.stack([member.decision_function(views) for member in self.fitted_])

    def _made(self) -> list[Classifier]:
        return [member_named(name, self.seed) for name in self.members]

    def save(self, folder: Path) -> None:
        """Write what was learned to a folder: shares, and each member in a folder of its own."""
        super().save(folder)
        for place, member in enumerate(self.fitted_):
            member.save(folder / f"member-{place}")

    def load(self, folder: Path) -> Self:
        """The classifier as it was saved to this folder."""
        self.fitted_ = [
            member.load(folder / f"member-{place}") for place, member in enumerate(self._made())
        ]
        return super().load(folder)


def member_named(name: str, seed: int) -> Classifier:
    """A member that is not fitted yet, from NAME or NAME:KIND+KIND."""
    classifier, _, kinds = name.partition(":")
    member = registry.load(models.classifiers, classifier)(seed=seed)
    if kinds and "views" not in member.get_params():
        raise InvalidOption(
            f"{classifier} always takes {' and '.join(member.needs)}; got {name!r}. Leave :{kinds}"
            " out, or choose another member."
        )
    return member.set_params(views=tuple(kinds.split("+"))) if kinds else member


def weightings(n_members: int, steps: int) -> np.ndarray:
    """Every division of 1 among members in multiples of 1 / steps, (divisions, members).

    The most even ones come first.
    """
    counts = product(range(steps + 1), repeat=n_members)
    shares = np.array([each for each in counts if sum(each) == steps]) / steps
    return shares[np.argsort((shares**2).sum(axis=1), kind="stable")]
