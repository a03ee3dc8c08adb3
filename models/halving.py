"""Successive halving: a network is trained on only if it is among the better half so far.

Each rung is an epoch by which a trial is compared with the earlier trials of the same search, and
with no others, so that no candidate is judged by another's figures.
"""

from collections.abc import Mapping, Sequence

import numpy as np

# Shares of the epochs after which trials are compared.
SHARES = (1 / 8, 1 / 4, 1 / 2)
# Fewer earlier trials say too little about which half a trial belongs to.
LEAST_TRIALS = 4

# A validation AUC by the number of epochs.
Rungs = dict[int, float]


def rungs(epochs: int) -> list[int]:
    """The numbers of epochs after which trials of so many epochs are compared."""
    return sorted({max(1, round(share * epochs)) for share in SHARES})


def reached(history: np.ndarray, epochs: int) -> Rungs:
    """The best validation AUC up to each rung that a training got to."""
    aucs = history["validation_auc"]
    return {rung: float(aucs[:rung].max()) for rung in rungs(epochs) if rung <= len(aucs)}


def limits(earlier: Sequence[Mapping[int, float]]) -> Rungs:
    """What a trial must reach by each rung to be among the better half of all that got there."""
    values: dict[int, list[float]] = {}
    for each in earlier:
        for rung, value in each.items():
            values.setdefault(int(rung), []).append(value)
    return {
        rung: sorted(known, reverse=True)[(len(known) + 1) // 2 - 1]
        for rung, known in values.items()
        if len(known) >= LEAST_TRIALS
    }


def falls_short(history: np.ndarray, least: Rungs) -> bool:
    """Whether a training has just got to a rung and is below what it must reach there."""
    epochs = len(history)
    return epochs in least and float(history["validation_auc"].max()) < least[epochs]
