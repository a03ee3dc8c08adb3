"""Members whose logits are brought to a common scale, and averaged with a share for each."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from features.settings import check_used, read_settings, with_settings
from models.classifier import Classifier
from models.members import Members
from models.named import member_named, plugin_name, without_seed
from models.search_space import Chosen, Space
from models.views import KINDS, PIXELS, Views

# Avoids a division by 0: the logits of a constant label do not vary.
LEAST_SPREAD = 1e-6
# Between the settings of members.
NEXT = ";"
# A block, where only the options of members matter.
ANY = "any"


@dataclass(repr=False, eq=False, kw_only=True)
class WeightedMembers(Members):
    """Average of members' logits with `shares_`, each on the scale of `centres_` and `spreads_`.

    Members are named as NAME, NAME:KIND+KIND or NAME:BLOCK+BLOCK, and NAME@1 has another seed.
    """

    # The network that members on images train, with the options that `finetuned` has.
    backbone: str = ""
    weights: str = "auto"
    precision: str = "auto"
    # Options of members, as NAME.OPTION=VALUE with NEXT between them.
    member_settings: str = ""

    @abstractmethod
    def names(self, blocks: Sequence[str]) -> list[str]:
        """The members by name, where one is for each of these blocks."""

    @property
    def trainings(self) -> int:
        """How often each member is trained, counted in trainings on all training images."""
        return 1

    def parts(self, blocks: Sequence[str]) -> list[Classifier]:
        """The members that are trained on these blocks, not fitted yet."""
        network = {item: getattr(self, item) for item in ("backbone", "weights", "precision")}
        names, settings = self.names(blocks), self.member_settings.replace(NEXT, " ")
        if names:
            check_used(settings, [*map(_plugin_of, names)], "members")
        return [
            with_settings(member_named(name, self.seed, network), _plugin_of(name), settings)
            for name in names
        ]

    @property
    def search_space(self) -> Space:
        """The ranges of its members' options, as NAME.OPTION; those of one plug-in share theirs."""
        settings = read_settings(self.member_settings.replace(NEXT, " "))
        return {
            f"{name}.{option}": each
            for name, member in self._plugins().items()
            for option, each in member.search_space.items()
            if option not in settings.get(name, {})
        }

    @property
    def searched(self) -> Chosen:
        """The present values of the options that a search may set."""
        members = self._plugins()
        places = {name: name.partition(".") for name in self.search_space}
        return {name: getattr(members[own], option) for name, (own, _, option) in places.items()}

    def with_chosen(self, chosen: Chosen) -> Self:
        """The classifier, whose members have these values of their options."""
        given = [f"{name}={_typed(value)}" for name, value in chosen.items()]
        self.member_settings = NEXT.join(filter(None, [self.member_settings, *given]))
        return self

    def _plugins(self) -> dict[str, Classifier]:
        """A member of each plug-in by its name, not fitted yet."""
        blocks = self._blocks or [ANY]
        return dict(zip(map(_plugin_of, self.names(blocks)), self.parts(blocks), strict=True))

    def _made(self) -> list[Classifier]:
        return self.parts(self._blocks)

    @property
    def _blocks(self) -> list[str]:
        """The blocks that it learned from; none before it is fitted."""
        return list(getattr(self, "view_names_", ()))

    def _needed(self) -> tuple[str, ...]:
        """Kinds or names of views that its members take together."""
        taken = dict.fromkeys(kind for member in self._made() for kind in member.needs)
        return (*filter(taken.__contains__, KINDS), *(each for each in taken if each not in KINDS))

    def _average(self, n_labels: int) -> None:
        """Equal shares of the logits as they are."""
        count = len(self.fitted_)
        self.centres_ = np.zeros((count, 1, n_labels))
        self.spreads_ = np.ones((count, 1, n_labels))
        self.shares_ = np.full(count, 1 / count)

    def _scale(self, logits: np.ndarray) -> None:
        """Take the scale from logits (members, n, k) of images that no member learned from."""
        self.centres_, self.spreads_ = scale(logits, self.exclusive)
        if self.exclusive:
            self.centres_ = np.zeros_like(self.centres_)

    @property
    def _factors(self) -> np.ndarray:
        """Factors of the members' logits, (members, 1, k): shares on a common scale."""
        spread = np.tensordot(self.shares_, self.spreads_, 1)
        return self.shares_[:, None, None] * spread / self.spreads_

    @property
    def _rest(self) -> np.ndarray:
        """What is added to the members' logits, (1, k), to give them a common centre."""
        return ((self.shares_[:, None, None] - self._factors) * self.centres_).sum(axis=0)

    def _logits(self, views: Views) -> np.ndarray:
        return self._rest + super()._logits(views)

    @property
    def differentiable_by(self) -> tuple[str, ...]:
        """Kinds of features by which the logits of any member have a gradient."""
        found = dict.fromkeys(kind for each in self._made() for kind in each.differentiable_by)
        return tuple(kind for kind in found if kind != PIXELS)

    @property
    def member_shares(self) -> dict[str, float]:
        """Share of each member by its name; repeated names are numbered."""
        typed = self.names(self._blocks)
        names = [
            f"{name} ({place + 1})" if name in typed[:place] else name
            for place, name in enumerate(typed)
        ]
        return dict(zip(names, self.shares_.tolist(), strict=True))

    @property
    def weightless(self) -> tuple[str, ...]:
        """Kinds or names of views that only members with share 0 take."""
        pairs = list(zip(self._made(), self.shares_, strict=True))
        needed = dict.fromkeys(kind for member, _ in pairs for kind in member.needs)
        taken = {kind for member, share in pairs if share for kind in member.needs}
        return tuple(kind for kind in needed if kind not in taken)


def _plugin_of(typed: str) -> str:
    return plugin_name(without_seed(typed))


def _typed(value: Any) -> str:
    """A value as it is typed."""
    return ",".join(map(repr, value)) if isinstance(value, tuple) else str(value)


def scale(logits: np.ndarray, exclusive: bool) -> tuple[np.ndarray, np.ndarray]:
    """Centres and spreads (members, 1, k) of logits (members, n, k).

    All exclusive classes have one spread, or their order in an image would change.
    """
    over = (1, 2) if exclusive else 1
    centres = logits.mean(axis=1, keepdims=True)
    spreads = np.maximum(logits.std(axis=over, keepdims=True), LEAST_SPREAD)
    return centres, np.broadcast_to(spreads, centres.shape).copy()
