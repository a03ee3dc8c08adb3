"""Options of a training on images: which layers learn, from when on, and how fast."""

from dataclasses import dataclass
from typing import Annotated

from errors import InvalidOption
from models.image_batches import Augmenting
from models.search_space import Real
from models.training import check


@dataclass(repr=False, eq=False, kw_only=True)
class FineTuning(Augmenting):
    """Options of a training on images, in addition to those of any training."""

    learning_rate: Annotated[float, Real(5e-5, 2e-3, log=True)] = 3e-4
    weight_decay: Annotated[float, Real(0.1, 10.0, log=True)] = 1.0
    epochs: int = 20
    reduce_lr_patience: int = 3
    patience: int = 6
    # Share of the stages, counted from the input, that stay fixed.
    frozen: float = 0.0
    # One more stage, from the output down, is trained after each so many epochs; 0: all at once.
    unfreeze_every: int = 0
    # Learning rate of the top stage over that of the head, and of each stage over the one above.
    backbone_rate: float = 0.1
    stage_decay: float = 0.8
    schedule: str = "cosine"
    warmup_epochs: float = 1.0
    # Of a moving average of the weights, which validation and the result use; 0: off.
    ema_momentum: float = 0.0
    global_clipnorm: float = 1.0
    # Steps between checkpoints within an epoch; 0: only after each epoch.
    checkpoint_steps: int = 0


def check_options(options: FineTuning) -> None:
    """Refuse options that no training on images accepts."""
    check(options)
    if not 0 <= options.ema_momentum < 1:
        raise InvalidOption(
            f"ema_momentum must be from 0 to below 1; got {options.ema_momentum}. Try 0.98."
        )
    if options.global_clipnorm <= 0:
        raise InvalidOption(
            "global_clipnorm must be above 0, the largest norm of a gradient step; got"
            f" {options.global_clipnorm}."
        )
