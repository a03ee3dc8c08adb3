"""Members of a late fusion: how they are named, and how their say is shared among them."""

from itertools import product

import numpy as np

import models.classifiers
import registry
from errors import InvalidOption
from models.classifier import Classifier


def made(name: str, seed: int) -> Classifier:
    """A classifier, not fitted, from NAME or NAME:KIND+KIND."""
    classifier, _, kinds = name.partition(":")
    member = registry.load(models.classifiers, classifier)(seed=seed)
    if kinds and "views" not in member.get_params():
        raise InvalidOption(
            f"{classifier} takes {' and '.join(member.needs)} and nothing else; got {name!r}. Leave"
            f" :{kinds} out, or take another member."
        )
    return member.set_params(views=tuple(kinds.split("+"))) if kinds else member


def weighings(n_members: int, parts: int) -> np.ndarray:
    """Every way to share 1 among members in so many parts, (ways, members), the evenest first."""
    ways = product(range(parts + 1), repeat=n_members)
    shares = np.array([way for way in ways if sum(way) == parts]) / parts
    return shares[np.argsort((shares**2).sum(axis=1), kind="stable")]
