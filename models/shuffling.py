"""Classifiers with shuffled weights, for sanity checks of heatmaps."""

from copy import copy
from typing import Any

import numpy as np

from errors import InvalidOption
from models.classifier import Classifier


def shuffled(classifier: Classifier, seed: int) -> Classifier:
    """A copy whose weights are shuffled layer by layer; everything else it learned is kept.

    A heatmap that does not change shows nothing that was learned.
    """
    made, learned = copy(classifier), vars(classifier)
    if "fitted_" in learned:
        made.fitted_ = [shuffled(member, seed) for member in learned["fitted_"]]
    elif "network_" in learned:
        made.network_ = _network(learned["network_"], seed)
    elif "weights_" in learned:
        made.weights_ = _order(learned["weights_"], np.random.default_rng(seed))
    else:
        raise InvalidOption(
            f"Only networks and linear models have weights to shuffle; {type(classifier).__name__}"
            " has none. Try dual_input or late_fusion."
        )
    return made


def _network(network: Any, seed: int) -> Any:
    from features.runtime import keras

    made, rng = keras.models.clone_model(network), np.random.default_rng(seed)
    made.set_weights(network.get_weights())
    for variable in made.trainable_variables:
        variable.assign(_order(variable.numpy(), rng))
    return made


def _order(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.permutation(values.ravel()).reshape(values.shape)
