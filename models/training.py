"""Training of a network on features, with macro AUC on validation images after each epoch."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Annotated, NamedTuple, Self

import numpy as np

import checks
from errors import InvalidOption
from features.runtime import keras
from models.classifier import Labelled, validation_auc
from models.exclusive import Exclusive, ranked
from models.halving import Rungs, falls_short
from models.imbalance import class_weights, epoch_rows, mixing
from models.losses import LOSSES
from models.schedules import halvings, since_best
from models.search_space import Real
from models.trainer import Steps, Trainer, loss_of, trainer_of
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
    _least: Rungs = field(default_factory=dict, init=False)

    def stop_below(self, least: Rungs) -> Self:
        """The options of a training that stops where its validation AUC is below these."""
        self._least = least
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
        waited = halvings(self.history, self.options.reduce_lr_patience)
        rate, losses = self.pace.learning_rate * 0.5**waited, []
        # Few steps at a time, so that the images are never copied all at once.
        for part in steps.divided(-(-steps.rows.size * self._bytes // COPIED_AT_ONCE)):
            step(described(self.history, self.options.epochs))
            losses.append(self._learn(part, rate))
        mean = float(np.sum(losses)) / len(steps.rows)
        row = mean, *self._validated(validation), rate
        self.history = np.append(self.history, np.array(row, HISTORY))

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


def optimizer_for(options: Training, batch_size: int, n_images: int) -> keras.Optimizer:
    """The optimizer of these options, without weight decay of biases and norms."""
    adamw = options.optimizer == "adamw"
    decay = normalised_decay(options, batch_size, n_images) if adamw else None
    optimizer = OPTIMIZERS[options.optimizer](options.learning_rate, weight_decay=decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
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
    checks.one_of("optimizer", options.optimizer, OPTIMIZERS)
    checks.at_least("epochs", options.epochs, 1)
