"""The mean of one classifier for each network, as ensembles of networks are averaged."""

from dataclasses import dataclass

import numpy as np

from models.classifier import Classifier, Labelled
from models.members import Members
from models.named import TAKES, classifier_named
from models.views import DEEP, Views

__all__ = ["Ensemble"]


@dataclass(repr=False, eq=False, kw_only=True)
class Ensemble(Members):
    """Mean of the logits of classifiers, one for each network."""

    # Names of the embeddings it takes; without any, all of them.
    networks: tuple[str, ...] = ()
    member: str = "cnn"

    @property
    def needs(self) -> tuple[str, ...]:
        """Kinds or names of views it takes."""
        return self.networks or (DEEP,)

    @property
    def libraries(self) -> tuple[str, ...]:
        """Modules whose versions what its members learned depends on."""
        return classifier_named(self.member).libraries

    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        self.fitted_ = [
            member._fit(views, labels, validation, self.exclusive) for member in self._made()
        ]

    def _made(self) -> list[Classifier]:
        names = self.view_names_.tolist()
        return [classifier_named(f"{self.member}{TAKES}{name}", seed=self.seed) for name in names]

    @property
    def _factors(self) -> np.ndarray:
        return np.full((len(self.view_names_), 1, 1), 1 / len(self.view_names_))

    @property
    def differentiable_by(self) -> tuple[str, ...]:
        """Kinds or names of views that its logits have a gradient with respect to."""
        return self.needs if classifier_named(self.member).differentiable_by else ()

    @property
    def member_shares(self) -> dict[str, float]:
        """Share of each member by its name: the same for all."""
        names = self.view_names_.tolist()
        return {f"{self.member}{TAKES}{name}": 1 / len(names) for name in names}
