"""The graph that trains a head: traced once for all heads of one structure, whatever they see."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, Protocol

import numpy as np

from features.runtime import keras, tf
from models.losses import LOSSES, OF_CLASSES, masked, of_known_class
from models.views import Views

# Biases, and the scales and shifts of batch norms.
NOT_DECAYED = ("bias", "gamma", "beta")
BETAS, EPSILON = (0.9, 0.999), 1e-7
# Graphs that are kept for the next head: more than the networks of one comparison.
MOST_KEPT = 8
# What differs between heads that one graph can train.
OWN = {"name", "mean", "variance", "seed", "kernel_initializer", "bias_initializer"}

# A mean and a divisor (d,) for each block.
Scales = dict[str, tuple[np.ndarray, np.ndarray]]


class Steps(NamedTuple):
    """Steps of a training: rows of images (steps, batch), and for MixUp the place in its batch of
    each image's partner, and the image's share."""

    rows: np.ndarray
    partners: np.ndarray
    shares: np.ndarray

    def divided(self, count: int) -> Iterator["Steps"]:
        """The steps in so many runs of nearly the same length, or as many as there are steps."""
        runs = [np.array_split(each, min(count, len(self.rows))) for each in self]
        yield from map(Steps, *runs)


class LossOptions(Protocol):
    """Options of the loss, whether images are mixed, and whether labels are exclusive classes."""

    @property
    def exclusive(self) -> bool:
        """Whether each image has exactly one of the labels."""
        ...

    loss: str
    focal_alpha: float
    focal_gamma: float
    label_smoothing: float
    mixup: float


class ByteDropout(keras.layers.Dropout):
    """Dropout that draws a byte for a unit and not a float, so its rate is a multiple of 1/256.

    Drawing floats takes longer than multiplying the matrices of a head.
    """

    def call(self, inputs: tf.Tensor, training: bool = False) -> tf.Tensor:
        """The inputs with units set to zero in training, and the others scaled up."""
        if not training or not self.rate:
            return inputs
        kept, count = max(1, round(256 * (1 - self.rate))), tf.size(inputs)
        numbers = tf.random.stateless_uniform(
            [-(-count // 4)], self.seed_generator.next(), minval=None, maxval=None, dtype=tf.uint32
        )
        drawn = tf.reshape(tf.bitcast(numbers, tf.uint8), [-1])[:count]
        chosen = tf.reshape(drawn, tf.shape(inputs)) < tf.constant(kept, tf.uint8)
        return tf.where(chosen, inputs * (256 / kept), 0.0)


class Trainer:
    """A copy of a head with the state of its optimizer (AdamW), and the graphs of both."""

    def __init__(self, network: keras.Model, options: LossOptions) -> None:
        self.options = options
        self.network = keras.models.clone_model(network, clone_function=_layer_in_training)
        self.variables = self.network.trainable_variables
        self.moments = [
            [tf.Variable(tf.zeros_like(each)) for each in self.variables] for _ in BETAS
        ]
        self.steps = tf.Variable(0.0)
        widths = {name: each.shape[1] for name, each in network.input.items()}
        inputs = {name: tf.TensorSpec((None, None, width)) for name, width in widths.items()}
        scales = {name: (tf.TensorSpec((width,)),) * 2 for name, width in widths.items()}
        n_labels, number = network.output_shape[1], tf.TensorSpec(())
        batches = inputs, tf.TensorSpec((None, None, n_labels))
        mixing = tf.TensorSpec((None, None), tf.int32), tf.TensorSpec((None, None))
        signature = *batches, *mixing, scales, tf.TensorSpec((2, n_labels)), number, number
        self._learned = tf.function(self._learn, input_signature=signature)
        one = {name: tf.TensorSpec((None, width)) for name, width in widths.items()}
        self._forward = tf.function(self._logits, input_signature=(one, scales))

    def start(self, network: keras.Model) -> None:
        """Begin the training of a network from its weights."""
        for mine, given in zip(self.network.variables, network.variables, strict=True):
            mine.assign(given)
        for each in (*self.moments[0], *self.moments[1], self.steps):
            each.assign(tf.zeros_like(each))
        self.scales = _scales(network)

    def learn(
        self,
        inputs: dict[str, np.ndarray],
        labels: np.ndarray,
        steps: Steps,
        weights: np.ndarray,
        rate: float,
        decay: float,
    ) -> float:
        """The sum of the losses of some steps, whose features are (steps, batch, d)."""
        given = inputs, labels[steps.rows], steps.partners, steps.shares, self.scales
        return float(self._learned(*given, weights, rate, decay))

    def logits(self, views: Views) -> np.ndarray:
        """Outputs of the network for all images, (n, k) float32."""
        return np.concatenate([self._forward(part.arrays, self.scales) for part in views.parts()])

    def _learn(
        self,
        inputs: dict[str, tf.Tensor],
        labels: tf.Tensor,
        partners: tf.Tensor,
        shares: tf.Tensor,
        scales: Any,
        weights: tf.Tensor,
        rate: tf.Tensor,
        decay: tf.Tensor,
    ) -> tf.Tensor:
        total = 0.0
        for place in tf.range(tf.shape(labels)[0]):
            chosen = {name: values[place] for name, values in inputs.items()}, labels[place]
            if self.options.mixup:
                chosen = _mixed(chosen, partners[place], shares[place])
            with tf.GradientTape() as tape:
                scores = self.network(_standardised(chosen[0], scales), training=True)
                loss = loss_of(self.options, chosen[1], scores, weights)
            self._update(tape.gradient(loss, self.variables), rate, decay)
            total += loss
        return total

    def _update(self, slopes: list[tf.Tensor], rate: tf.Tensor, decay: tf.Tensor) -> None:
        """A step of AdamW in one pass over each variable, which Keras' optimizer makes in ten."""
        steps = self.steps.assign_add(1.0)
        powers = [tf.pow(beta, steps) for beta in BETAS]
        for variable, slope, *moments in zip(self.variables, slopes, *self.moments, strict=True):
            if variable.name not in NOT_DECAYED:
                variable.value.assign_sub(rate * decay * variable.value)
            tf.raw_ops.ResourceApplyAdam(
                var=variable.value.handle,
                m=moments[0].handle,
                v=moments[1].handle,
                beta1_power=powers[0],
                beta2_power=powers[1],
                lr=rate,
                beta1=BETAS[0],
                beta2=BETAS[1],
                epsilon=EPSILON,
                grad=slope,
            )

    def _logits(self, inputs: dict[str, tf.Tensor], scales: Any) -> tf.Tensor:
        return self.network(_standardised(inputs, scales), training=False)


# Trainers that no training uses, by the structure of their heads; the last one used is last.
KEPT: dict[str, Trainer] = {}


@contextmanager
def trainer_of(network: keras.Model, options: LossOptions) -> Iterator[Trainer]:
    """A trainer for a network, which no other training uses meanwhile; it is kept for the next."""
    key = _structure(network, options)
    trainer = KEPT.pop(key, None) or Trainer(network, options)
    trainer.start(network)
    yield trainer
    KEPT[key] = trainer
    for oldest in list(KEPT)[:-MOST_KEPT]:
        KEPT.pop(oldest, None)


def loss_of(
    options: LossOptions, labels: tf.Tensor, scores: tf.Tensor, weights: tf.Tensor
) -> tf.Tensor:
    """The loss of logits (n, k) under these options, with class weights (2, k)."""
    shape = {"alpha": options.focal_alpha, "gamma": options.focal_gamma}
    shape["smoothing"] = options.label_smoothing
    if options.exclusive:
        return of_known_class(OF_CLASSES[options.loss], labels, scores, weights, **shape)
    return masked(LOSSES[options.loss], labels, scores, weights, **shape)


def _structure(network: keras.Model, options: LossOptions) -> str:
    """What two trainings must share to use one graph."""
    given = network.get_config()["layers"]
    layers = [each | {"config": {**each["config"], **dict.fromkeys(OWN)}} for each in given]
    text = json.dumps(layers, default=str)
    for place, each in enumerate(network.operations):
        text = text.replace(f'"{each.name}"', f'"{place}"')
    shape = options.loss, options.focal_alpha, options.focal_gamma, options.label_smoothing
    return f"{list(network.input)} {(*shape, bool(options.mixup), options.exclusive)} {text}"


def _layer_in_training(layer: keras.Layer) -> keras.Layer:
    """Features are standardised before they enter the copy, since each head has its own scales."""
    if isinstance(layer, keras.layers.Normalization):
        return keras.layers.Identity(name=layer.name)
    if isinstance(layer, keras.layers.Dropout):
        return ByteDropout.from_config(layer.get_config())
    return type(layer).from_config(layer.get_config())


def _scales(network: keras.Model) -> Scales:
    """The mean and the divisor (d,) by which a head standardises each block."""
    found = [each for each in network.layers if isinstance(each, keras.layers.Normalization)]
    return {
        each.input.name: (np.ravel(each.mean), np.sqrt(np.ravel(each.variance))) for each in found
    }


def _standardised(inputs: dict[str, tf.Tensor], scales: Any) -> dict[str, tf.Tensor]:
    return {name: (values - scales[name][0]) / scales[name][1] for name, values in inputs.items()}


def _mixed(images: Any, partners: tf.Tensor, shares: tf.Tensor) -> Any:
    """Features and labels of images, each mixed with its partner's."""
    share = shares[:, tf.newaxis]

    def mixed(own: tf.Tensor) -> tf.Tensor:
        return share * own + (1 - share) * tf.gather(own, partners)

    return tf.nest.map_structure(mixed, images)
