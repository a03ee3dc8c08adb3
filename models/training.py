"""Training of a network on features in memory, with macro AUC on validation after each epoch."""

from dataclasses import dataclass

import numpy as np

import checks
from features.runtime import keras, tf
from models.classifier import Labelled, validation_auc
from models.imbalance import class_weights, epoch_rows, mixing
from models.losses import LOSSES, masked
from models.schedules import halvings, since_best
from models.training_history import HISTORY
from models.views import Views
from progress import step

OPTIMIZERS = {"adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW}
IMAGES_AT_ONCE = 4096

# Features by block name, and labels.
Data = tuple[dict[str, tf.Tensor], tf.Tensor]


@dataclass(repr=False, eq=False, kw_only=True)
class Training:
    """How a network is trained: loss, class imbalance, optimizer, learning rate, early stopping."""

    loss: str = "bce"
    focal_alpha: float = 0.5
    focal_gamma: float = 2.0
    class_weights: str = "none"
    resampling: str = "none"
    target_prevalence: float = 0.1
    mixup: float = 0.0
    optimizer: str = "adamw"
    learning_rate: float = 2e-3
    weight_decay: float = 10.0
    batch_size: int = 64
    epochs: int = 100
    # Epochs without a better validation AUC: until the learning rate is halved, and until the end.
    reduce_lr_patience: int = 6
    patience: int = 18


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
    rng = np.random.default_rng(seed)
    trainer = Trainer(network, views, labels, options)
    history = np.empty(0, HISTORY)
    for _ in range(options.epochs):
        history = np.append(history, np.array(trainer.epoch(rng, validation), HISTORY))
        step(described(history, options.epochs))
        since = since_best(history)
        if not since:
            weights = network.get_weights()
        if since >= options.patience:
            break
        halved = 0.5 ** halvings(history, options.reduce_lr_patience)
        trainer.optimizer.learning_rate = options.learning_rate * halved
    network.set_weights(weights)
    return history


def described(history: np.ndarray, epochs: int) -> str:
    """The last epoch of a training in a few words."""
    auc = history["validation_auc"][-1]
    return f"epoch {len(history)} of at most {epochs}, validation AUC {auc:.3f}"


class Trainer:
    """A network with its optimizer and its training images."""

    def __init__(
        self, network: keras.Model, views: Views, labels: np.ndarray, options: Training
    ) -> None:
        self.network, self.labels, self.options = network, labels, options
        self.weights = class_weights(labels, options.class_weights)
        inputs = {name: tf.constant(values) for name, values in views.arrays.items()}
        self.data = inputs, tf.constant(labels)
        self.optimizer = optimizer_for(options, len(labels))
        self.optimizer.build(network.trainable_variables)

    def epoch(self, rng: np.random.Generator, validation: Labelled) -> tuple[float, ...]:
        """One pass over the training images, and its row of HISTORY."""
        options = self.options
        rows = epoch_rows(self.labels, options.resampling, options.target_prevalence, rng)
        size = min(options.batch_size, len(rows))
        # The last batch is filled from the first rows, so that all batches have the same size.
        batches = np.resize(rows, (-(-len(rows) // size), size)).astype(np.int32)
        rate = float(self.optimizer.learning_rate)
        # The images are an argument because what a graph captures is never freed.
        loss = float(self._pass(self.data, batches, *mixing(batches, options.mixup, rng)))
        scores = logits(self.network, validation[0])
        targets = validation[1].astype(np.float32)
        return loss, float(self._loss(targets, scores)), validation_auc(targets, scores), rate

    @tf.function
    def _pass(
        self, data: Data, rows: tf.Tensor, partners: tf.Tensor, shares: tf.Tensor
    ) -> tf.Tensor:
        total = 0.0
        for batch in tf.range(tf.shape(rows)[0]):
            total += self._step(data, rows[batch], partners[batch], shares[batch][:, tf.newaxis])
        return total / tf.cast(tf.shape(rows)[0], tf.float32)

    def _step(
        self, data: Data, rows: tf.Tensor, partners: tf.Tensor, shares: tf.Tensor
    ) -> tf.Tensor:
        def batch(values: tf.Tensor) -> tf.Tensor:
            own = tf.gather(values, rows)
            if not self.options.mixup:
                return own
            return shares * own + (1 - shares) * tf.gather(values, partners)

        inputs, labels = tf.nest.map_structure(batch, data)
        with tf.GradientTape() as tape:
            loss = self._loss(labels, self.network(inputs, training=True))
        variables = self.network.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return loss

    def _loss(self, labels: tf.Tensor, scores: tf.Tensor) -> tf.Tensor:
        return loss_of(self.options, labels, scores, self.weights)


def optimizer_for(options: Training, n_images: int) -> keras.Optimizer:
    """The optimizer of these options, without weight decay of biases and norms."""
    # Normalised as by the authors of AdamW: one value suits 700 images and 100,000.
    normalised = options.weight_decay * np.sqrt(options.batch_size / n_images)
    decay = normalised if options.optimizer == "adamw" else None
    optimizer = OPTIMIZERS[options.optimizer](options.learning_rate, weight_decay=decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def loss_of(
    options: Training, labels: tf.Tensor, scores: tf.Tensor, weights: tf.Tensor
) -> tf.Tensor:
    """The loss of logits (n, k) under these options, with class weights (2, k)."""
    shape = {"alpha": options.focal_alpha, "gamma": options.focal_gamma}
    return masked(LOSSES[options.loss], labels, scores, weights, **shape)


def logits(network: keras.Model, views: Views) -> np.ndarray:
    """Outputs of the network for all images, (n, k) float32."""
    batches = [
        network(
            {name: values[start : start + IMAGES_AT_ONCE] for name, values in views.arrays.items()}
        )
        for start in range(0, len(views), IMAGES_AT_ONCE)
    ]
    return np.concatenate(batches)


def check(options: Training) -> None:
    """Refuse options that no training accepts."""
    checks.one_of("loss", options.loss, LOSSES)
    checks.one_of("optimizer", options.optimizer, OPTIMIZERS)
    checks.at_least("epochs", options.epochs, 1)
