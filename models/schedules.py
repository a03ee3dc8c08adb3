"""Learning rate schedules: warm-up, then a cosine to 0 or halvings on a plateau.

The rate follows from the progress and the history of a training, so it needs no state of its own.
"""

import numpy as np

import checks

SCHEDULES = ("cosine", "plateau")


def rate(
    schedule: str, done: float, epochs: int, warm_up: float, history: np.ndarray, patience: int
) -> float:
    """Share of the full learning rate after so many epochs, which may be a fraction."""
    checks.one_of("schedule", schedule, SCHEDULES)
    if done < warm_up:
        return done / warm_up
    if schedule == "plateau":
        return 0.5 ** halvings(history, patience)
    return (1 + np.cos(np.pi * (done - warm_up) / max(epochs - warm_up, 1e-9))) / 2


def halvings(history: np.ndarray, patience: int) -> int:
    """How often validation did not improve for so many epochs."""
    return sum(
        since > 0 and since % patience == 0
        for since in (since_best(history[:end]) for end in range(1, len(history) + 1))
    )


def since_best(history: np.ndarray) -> int:
    """Epochs since the best validation AUC; ties go to the smaller loss."""
    if not len(history):
        return 0
    # The last key counts first; of equal epochs the earliest is the best.
    order = np.lexsort(
        (-np.arange(len(history)), -history["validation_loss"], history["validation_auc"])
    )
    return len(history) - 1 - int(order[-1])
