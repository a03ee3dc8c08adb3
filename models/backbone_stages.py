"""A network's stages: layers that can learn, by the size of their maps, each with its own rate."""

from dataclasses import dataclass

from errors import InvalidOption
from features.runtime import keras


@dataclass
class Stage:
    """Layers that begin to learn together, and their share of the learning rate."""

    layers: list[keras.Layer]
    rate: float

    @property
    def variables(self) -> list[keras.Variable]:
        """Their weights that learn now; none while they are frozen."""
        return [variable for layer in self.layers for variable in layer.trainable_variables]

    def freeze(self, frozen: bool) -> None:
        """Keep the layers as they are, batch norms in inference mode, or let them learn."""
        for layer in self.layers:
            layer.trainable = not frozen


def stages(backbone: keras.Model, top_rate: float, decay: float, frozen: float) -> list[Stage]:
    """Stages from the output to the input, each slower than the one before by `decay`.

    The share `frozen` of them, counted from the input, never learns and is left out.
    """
    if not 0 <= frozen <= 1:
        raise InvalidOption(f"frozen must be a share from 0, nothing, to 1, all; got {frozen}.")
    by_size: dict[int, list[keras.Layer]] = {}
    for layer in backbone.layers:
        if layer.trainable_variables:
            shape = layer.output.shape
            by_size.setdefault(shape[1] if len(shape) == 4 else 0, []).append(layer)
    sizes = sorted(by_size)
    found = [Stage(by_size[size], top_rate * decay**place) for place, size in enumerate(sizes)]
    n_learning = len(found) - round(frozen * len(found))
    for stage in found[n_learning:]:
        stage.freeze(True)
    return found[:n_learning]


def n_learning(n_stages: int, epoch: int, every: int) -> int:
    """How many stages learn in an epoch where one more begins after every so many; 0: all do."""
    return min(n_stages, epoch // every) if every else n_stages
