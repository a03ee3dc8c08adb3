"""How a network learns from films: what learns, from when on, how fast, and what is kept."""

from dataclasses import dataclass

from errors import InvalidOption
from models.image_batches import Augmenting
from models.training import check


@dataclass(repr=False, eq=False, kw_only=True)
class FineTuning(Augmenting):
    """Options of a training on films, beside those of any training."""

    learning_rate: float = 3e-4
    weight_decay: float = 1.0
    batch_size: int = 32
    epochs: int = 20
    reduce_lr_patience: int = 3
    patience: int = 6
    # Share of the stages, counted from the input, that never learn.
    frozen: float = 0.0
    # Epochs after each of which one more stage learns, from the output down; 0: all at once.
    unfreeze_every: int = 0
    # The top stage's share of the learning rate, and each lower one's of that above it.
    backbone_rate: float = 0.1
    stage_decay: float = 0.8
    schedule: str = "cosine"
    warmup_epochs: float = 1.0
    global_clipnorm: float = 1.0
    # Steps between checkpoints within an epoch; 0: after every epoch alone.
    checkpoint_steps: int = 0


def check_options(options: FineTuning) -> None:
    """Refuse options that no training from films takes."""
    check(options)
    if options.global_clipnorm <= 0:
        raise InvalidOption(
            "global_clipnorm must be above 0, the largest norm of a gradient step; got"
            f" {options.global_clipnorm}."
        )
