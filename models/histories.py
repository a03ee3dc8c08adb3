"""How classifiers learned: what each network in one tells of its epochs."""

from typing import Any

import numpy as np

# By network's name: loss, validation loss, validation AUC and learning rate of every epoch.
Histories = dict[str, np.ndarray]


def histories(classifier: Any) -> Histories:
    """History of every network in a classifier, by name; {} where none was trained."""
    own = getattr(classifier, "history_", None)
    found = {} if own is None else {type(classifier).__name__: own}
    for place, member in enumerate(getattr(classifier, "fitted_", [])):
        for name, history in histories(member).items():
            found[f"{place + 1}. {name}"] = history
    return found
