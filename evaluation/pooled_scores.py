"""Probabilities of groups of images, such as studies, from those of their images."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from evaluation.scores import Scores


def pooled(
    values: np.ndarray, groups: np.ndarray, *, highest: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Names of groups (g,) in the order of their first images, and their mean values (g, k).

    `values` (n, k) are of images, `groups` (n,) name the group of each. With `highest`, the
    highest value of a group takes the place of the mean.
    """
    codes, names = pd.factorize(groups)
    shape = (len(names), values.shape[1])
    if highest:
        found = np.full(shape, -np.inf)
        np.maximum.at(found, codes, values)
        return names, found
    # Sorting by group, unlike adding one by one, is fast and exact for a group of one.
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    sums = np.add.reduceat(values[order].astype(float), starts, axis=0)
    return names, sums / np.bincount(codes)[:, None]


def of_groups(scores: Sequence[Scores], groups: np.ndarray, highest: bool) -> list[Scores]:
    """Scores over the same images as scores of their groups (n,)."""
    return [
        Scores(one.model, *pooled(one.probabilities, groups, highest=highest), one.label_names)
        for one in scores
    ]
