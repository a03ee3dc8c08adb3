"""Fisher vectors of a network's own feature map: the classical encoding on deep descriptors."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Any, ClassVar, Self

import numpy as np

import features.extractors
import registry
from errors import InvalidOption
from features.backbone import Backbone
from features.cell_features import on_grid
from features.fisher_vectors import FisherVectors
from features.local_descriptors import LocalDescriptors
from features.preprocessing import Preprocessing

__all__ = ["ConvFisher"]

# Threads that describe images share one network.
_building = Lock()


@dataclass(repr=False, eq=False, kw_only=True)
class ConvFisher(FisherVectors):
    """Fisher vector of a network's feature map, each place of which is a descriptor."""

    libraries: ClassVar[tuple[str, ...]] = ("sklearn", "keras", "tensorflow")
    # The digest of weights, the policy and the preprocessing in a recipe cover these.
    neutral: ClassVar[tuple[str, ...]] = ("n_jobs", "weights", "precision", "image_size")

    image_size: int = 0
    equalise: bool = False
    network: str = "resnet50"
    weights: str = "auto"
    precision: str = "auto"
    layer: str = ""

    @cached_property
    def deep(self) -> Backbone:
        """The network whose feature map is encoded."""
        plugin = registry.load(features.extractors, self.network)
        if not (isinstance(plugin, type) and issubclass(plugin, Backbone)):
            raise InvalidOption(
                f"network must name a Keras network; {self.network} is not. Set, for example,"
                " network=resnet50."
            )
        return plugin(
            weights=self.weights,
            image_size=self.image_size or None,
            precision=self.precision,
            seed=self.seed,
        )

    @property
    def preprocessing(self) -> Preprocessing:
        """What happens to an image before the network sees it."""
        return self.deep.preprocessing

    def content(self) -> dict[str, str]:
        """The weights and precision of the network."""
        return self.deep.content()

    def describe(self, image: np.ndarray) -> LocalDescriptors:
        """The features of each place of the map of an image (s, s) uint8, of length 1."""
        with _building:
            compute = self._map
        values = compute(image)
        found = on_grid(values, 1 / len(values), 1 / len(values))
        lengths = np.linalg.norm(found.values, axis=1)
        seen = found.rows(lengths > 0)
        return replace(seen, values=seen.values / lengths[lengths > 0, np.newaxis])

    def set_params(self, **params: Any) -> Self:
        """Set parameters; the network is built again when it is next needed."""
        for cached in ("deep", "_map"):
            self.__dict__.pop(cached, None)
        return super().set_params(**params)

    @cached_property
    def _map(self) -> Callable[[np.ndarray], np.ndarray]:
        # TensorFlow takes seconds to import, so this is not done for features in the cache.
        from features.layer_maps import map_of

        return map_of(self.deep, self.layer)
