"""Training of a network on features, with macro AUC on validation images after each epoch."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated, ClassVar, NamedTuple, Self

import numpy as np

import checks
from errors import InvalidOption
from features.runtime import keras
from models.classifier import Labelled, validation_auc
from models.exclusive import Exclusive, ranked
from models.halving import Rungs, falls_short
from models.imbalance import class_weights, epoch_rows, mixing
from models.losses import LOSSES
from models.schedules import rate as rate_of
from models.schedules import since_best
from models.search_space import Real
from models.trainer import NOT_DECAYED, Steps, Trainer, loss_of, trainer_of
from models.training_history import HISTORY
from models.views import COPIED_AT_ONCE, Views
from progress import step

OPTIMIZERS = {"adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW}
# Validation and its patience do not wait for more images than this.
LONGEST_EPOCH = 16_384
SMALLEST_BATCH, LARGEST_BATCH = 64, 512
EPOCH_IN_BATCHES = 32


@dataclass(repr=False, eq=False, kw_only=True)
class Training(Exclusive):
    """How a network is trained: loss, class imbalance, optimizer, learning rate, early stopping."""

    loss: str = "bce"
    focal_alpha: float = 0.5
    focal_gamma: float = 2.0
    # Share of each target that is divided among all its classes, present and absent.
    label_smoothing: float = 0.0
    class_weights: str = "none"
    resampling: str = "none"
    target_prevalence: float = 0.1
    mixup: float = 0.0
    optimizer: str = "adamw"
    learning_rate: Annotated[float, Real(5e-4, 1e-2, log=True)] = 2e-3
    weight_decay: Annotated[float, Real(1.0, 50.0, log=True)] = 10.0
    # None: it grows with the number of training images.
    batch_size: int | None = None
    # An epoch is a pass over the training images, or over so many of them: LONGEST_EPOCH.
    epochs: int = 100
    # Epochs without a better validation AUC: until the learning rate is halved, and until the end.
    reduce_lr_patience: int = 6
    patience: int = 18
    schedule: str = "plateau"
    warmup_epochs: float = 0.0
    # Not a field, so that options are stored as they are given.
    _least: ClassVar[Rungs] = {}

    def stop_below(self, least: Rungs) -> Self:
        """The options of a training that stops where its validation AUC is below these."""
        self._least = least  # type: ignore[misc]
        return self

    def falls_short(self, history: np.ndarray) -> bool:
        """Whether a training must stop because it is below what it must reach."""
        return falls_short(history, self._least)


class Pace(NamedTuple):
    """Images in a batch, and the learning rate and weight decay that go with it."""

    batch_size: int
    learning_rate: float
    weight_decay: float


def train(
    network: keras.Model,
    views: Views,
    labels: np.ndarray,
    validation: Labelled,
    options: Training,
    seed: int,
) -> np.ndarray:
    """The history (HISTORY) of a training; the network keeps the weights of its best epoch."""
    check(options)
    weights = class_weights(labels, options.class_weights, options.exclusive)
    pace = pace_of(options, len(labels))
    with trainer_of(network, options) as trainer:
        course = Course(trainer, views, labels, options, weights, pace)
        for steps in islice(course.epochs(np.random.default_rng(seed)), options.epochs):
            course.epoch(steps, validation)
            since = since_best(course.history)
            if not since:
                best = trainer.network.get_weights()
            if since >= options.patience or options.falls_short(course.history):
                break
    network.set_weights(best)
    return course.history


@dataclass
class Course:
    """A training in progress: a network, its training images, and its history so far."""

    trainer: Trainer
    views: Views
    labels: np.ndarray
    options: Training
    weights: np.ndarray
    pace: Pace
    history: np.ndarray = field(default_factory=lambda: np.empty(0, HISTORY))

    def epochs(self, rng: np.random.Generator) -> Iterator[Steps]:
        """The steps of one epoch after another."""
        options = self.options
        while True:
            rows = epoch_rows(self.labels, options.resampling, options.target_prevalence, rng)
            size = min(self.pace.batch_size, len(rows))
            # The last batch is filled from the first rows, so that all have the same size.
            batches = np.resize(rows, (-(-len(rows) // size), size))
            places = np.broadcast_to(np.arange(size, dtype=np.int32), batches.shape)
            steps = Steps(batches, *mixing(places, options.mixup, rng))
            yield from steps.divided(-(-batches.size // LONGEST_EPOCH))

    def epoch(self, steps: Steps, validation: Labelled) -> None:
        """Learn from the steps of an epoch, and add a row to the history."""
        losses = []
        # Few steps at a time, so that the images are never copied all at once.
        parts = [*steps.divided(-(-steps.rows.size * self._bytes // COPIED_AT_ONCE))]
        for place, part in enumerate(parts):
            step(described(self.history, self.options.epochs))
            rate = self._rate(len(self.history) + (place + 0.5) / len(parts))
            losses.append(self._learn(part, rate))
        mean = float(np.sum(losses)) / len(steps.rows)
        check_finite(mean, len(self.history) + 1)
        row = mean, *self._validated(validation), rate
        self.history = np.append(self.history, np.array(row, HISTORY))

    def _rate(self, done: float) -> float:
        """The learning rate after so many epochs, which may be a fraction."""
        options = self.options
        waits = options.warmup_epochs, self.history, options.reduce_lr_patience
        return self.pace.learning_rate * rate_of(options.schedule, done, options.epochs, *waits)

    def _learn(self, part: Steps, rate: float) -> float:
        """The sum of the losses of some steps."""
        chosen = self.views.select(part.rows.ravel()).arrays
        inputs = {name: each.reshape(*part.rows.shape, -1) for name, each in chosen.items()}
        decay = self.pace.weight_decay
        return float(self.trainer.learn(inputs, self.labels, part, self.weights, rate, decay))

    def _validated(self, validation: Labelled) -> tuple[float, float]:
        """Loss and macro AUC on validation images."""
        scores, targets = self.trainer.logits(validation[0]), validation[1].astype(np.float32)
        loss = loss_of(self.options, targets, scores, self.weights)
        return float(loss), validation_auc(targets, ranked(scores, self.options.exclusive))

    @property
    def _bytes(self) -> int:
        """Bytes of an image's features."""
        return 4 * sum(self.views.widths.values())


def described(history: np.ndarray, epochs: int) -> str:
    """The epoch that a training is in, and what it has reached, in a few words."""
    aucs = history["validation_auc"]
    reached = f", validation AUC {aucs[-1]:.3f}" if len(aucs) else ""
    return f"epoch {len(history) + 1} of at most {epochs}{reached}"


def pace_of(options: Training, n_images: int) -> Pace:
    """The pace asked for; without a batch size, one that suits the number of training images.

    The batch is then a 32nd of the images, rounded down to a power of two between 64 and 512.
    """
    size = options.batch_size
    if size is None:
        asked = np.clip(n_images / EPOCH_IN_BATCHES, SMALLEST_BATCH, LARGEST_BATCH)
        size = 2 ** int(np.log2(asked))
    decay = normalised_decay(options, size, n_images) if options.optimizer == "adamw" else 0.0
    return Pace(size, options.learning_rate, decay)


def normalised_decay(options: Training, batch_size: int, n_images: int) -> float:
    """Weight decay as its authors normalise it: one value suits 700 images and 100,000."""
    return options.weight_decay * np.sqrt(batch_size / n_images)


def check_finite(loss: float, epoch: int) -> None:
    """Refuse to go on from a loss that is no number."""
    if not np.isfinite(loss):
        raise InvalidOption(
            f"The loss of a training must stay finite; in epoch {epoch} it is {loss}. Lower"
            " learning_rate with --set, or pass --precision float32."
        )


def optimizer_for(
    options: Training, batch_size: int, n_images: int, ema_momentum: float = 0.0
) -> keras.Optimizer:
    """The optimizer of these options, without weight decay of biases and norms.

    With `ema_momentum` it keeps a moving average of the weights.
    """
    adamw = options.optimizer == "adamw"
    decay = normalised_decay(options, batch_size, n_images) if adamw else None
    average = {"use_ema": True, "ema_momentum": ema_momentum} if ema_momentum else {}
    optimizer = OPTIMIZERS[options.optimizer](options.learning_rate, weight_decay=decay, **average)
    optimizer.exclude_from_weight_decay(var_names=[*NOT_DECAYED])
    return optimizer


def logits(network: keras.Model, views: Views) -> np.ndarray:
    """Outputs of the network for all images, (n, k) float32."""
    return np.concatenate([network(part.arrays) for part in views.parts()])


def check(options: Training) -> None:
    """Refuse options that no training accepts."""
    checks.one_of("loss", options.loss, LOSSES)
    weighed = options.loss != "bce" and options.focal_alpha != Training.focal_alpha
    if options.exclusive and weighed:
        raise InvalidOption(
            "focal_alpha weighs present against absent findings, and exclusive classes have no"
            f" absent ones; got {options.focal_alpha}. Set class_weights, or pass --task"
            " multilabel."
        )
    if options.label_smoothing and options.loss == "hybrid":
        raise InvalidOption(
            "label_smoothing is for loss=bce and loss=focal, because loss=hybrid has a margin; got"
            f" {options.label_smoothing}. Set another loss, or leave label_smoothing out."
        )
    if not 0 <= options.label_smoothing < 1:
        raise InvalidOption(
            f"label_smoothing must be from 0 to below 1; got {options.label_smoothing}. Try 0.05."
        )
    checks.one_of("optimizer", options.optimizer, OPTIMIZERS)
    checks.at_least("epochs", options.epochs, 1)
