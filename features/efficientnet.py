"""The common part of EfficientNets: they correct a quirk of the ImageNet weights in Keras."""

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from features.backbone import KEYWORDS, Backbone

if TYPE_CHECKING:
    from features.runtime import keras

IMAGENET_DEVIATIONS = np.array([0.229, 0.224, 0.225])


class EfficientNet(Backbone):
    """An EfficientNet, which scales pixels inside the network."""

    module = "efficientnet"

    @cached_property
    def backbone(self) -> "keras.Model":
        """The plain network; ImageNet weights from a file get the scaling that they need."""
        network = super().backbone
        if self.weights not in KEYWORDS and not self.weights.endswith(".keras"):
            _rescale(network)
        return network


def _rescale(network: "keras.Model") -> None:
    from features.runtime import keras

    # With weights="imagenet" Keras divides pixels once more by the root of each deviation; given
    # the same weights as a file it does not. Networks trained from scratch have no such statistics.
    (normalise,) = (
        layer for layer in network.layers if isinstance(layer, keras.layers.Normalization)
    )
    variance = np.asarray(normalise.adapt_variance)
    if not np.allclose(variance, 1):
        normalise.adapt_variance.assign(variance * IMAGENET_DEVIATIONS)
        normalise.finalize_state()
