"""A classifier with one option to search for, which learns nothing and takes no time."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from models.classifier import Classifier
from models.search_space import Real


@dataclass(repr=False, eq=False, kw_only=True)
class Mixed(Classifier):
    """The first feature where `mix` is what is planted, and the second a fifth away from it."""

    mix: Annotated[float, Real(0.0, 1.0)] = 0.1
    planted: float = 0.7

    @property
    def needs(self):
        return ("deep",)

    def _learn(self, views, labels, validation):
        self.n_labels_ = np.array([labels.shape[1]])

    def _logits(self, views):
        (values,) = views.arrays.values()
        share = min(1.0, 5 * abs(self.mix - self.planted))
        mixed = (1 - share) * values[:, :1] + share * values[:, 1:2]
        return np.repeat(mixed, int(self.n_labels_[0]), axis=1)


@dataclass(repr=False, eq=False, kw_only=True)
class Picking(Mixed):
    """One of many features, which on noise are as good as each other."""

    mix: Annotated[float, Real(0.0, 0.999)] = 0.0

    def _logits(self, views):
        (values,) = views.arrays.values()
        column = int(self.mix * values.shape[1])
        return np.repeat(values[:, [column]], int(self.n_labels_[0]), axis=1)
