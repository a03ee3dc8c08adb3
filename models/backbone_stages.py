"""Stages of a network: layers by the size of their maps, each stage with its learning rate."""

from dataclasses import dataclass

from errors import InvalidOption
from features.runtime import keras


@dataclass
class Stage:
    """Layers that are trained together, and their share of the learning rate."""

    layers: list[keras.Layer]
    rate: float

    @property
    def variables(self) -> list[keras.Variable]:
        """Their trainable weights; none while they are frozen."""
        return [variable for layer in self.layers for variable in layer.trainable_variables]

    def freeze(self, frozen: bool) -> None:
        """Fix the layers, with batch norms in inference mode, or let them learn."""
        for layer in self.layers:
            layer.trainable = not frozen


def stages(backbone: keras.Model, top_rate: float, decay: float, frozen: float) -> list[Stage]:
    """Stages from the output to the input; `decay` is the rate of each over that of the one before.

    The share `frozen` of them, counted from the input, stays fixed and is left out.
    """
    if not 0 <= frozen <= 1:
        raise InvalidOption(
            f"frozen must be a share from 0 (no stage) to 1 (all stages); got {frozen}."
        )
    by_size: dict[int, list[keras.Layer]] = {}
    for layer in backbone.layers:
        if layer.trainable_variables:
            shape = layer.output.shape
            by_size.setdefault(shape[1] if len(shape) == 4 else 0, []).append(layer)
    sizes = sorted(by_size)
    every_stage = [
        Stage(by_size[size], top_rate * decay**place) for place, size in enumerate(sizes)
    ]
    n_learning = len(every_stage) - round(frozen * len(every_stage))
    for stage in every_stage[n_learning:]:
        stage.freeze(True)
    return every_stage[:n_learning]


def n_learning(n_stages: int, epoch: int, every: int) -> int:
    """How many stages learn in an epoch if one is added after each so many epochs; 0: all learn."""
    return min(n_stages, epoch // every) if every else n_stages
