"""What network classifiers share: building a head, training it, saving it as a `.keras` file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from scipy.special import logit

import storage
from features.runtime import keras, tf
from models.classifier import Classifier, Labelled
from models.exclusive import prior_of_classes
from models.networks import Shape, head
from models.search_space import OneOf
from models.training import Training, logits, train
from models.views import Views

NETWORK = "network.keras"


@dataclass(repr=False, eq=False, kw_only=True)
class NetworkClassifier(Training, Classifier):
    """A head on cached features; `network_` maps them by block name to logits (n, k)."""

    # Units of each hidden layer of a branch, from the input on; a number is one layer. A search
    # tries few values of both, because each pair needs a graph of its own.
    hidden: Annotated[tuple[int, ...], OneOf((128,), (256,), (512,))] = (256,)
    dropout: Annotated[float, OneOf(0.3, 0.5, 0.7)] = 0.7
    fusion: str = "concat"
    batch_norm: bool = False

    @property
    def libraries(self) -> tuple[str, ...]:
        """Modules whose versions what it learned depends on."""
        return (*super().libraries, "keras", "tensorflow")

    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        self.network_ = head(views, self._prior(labels), self.shape, self.seed)
        self.history_ = train(self.network_, views, labels, validation, self, self.seed)

    @property
    def shape(self) -> Shape:
        """The shape of its head."""
        return Shape(self.hidden, self.dropout, self.fusion, self.batch_norm)

    def _prior(self, labels: np.ndarray) -> np.ndarray:
        """The network's first output (k,), by which all images have the same probabilities."""
        return prior_of_classes(labels) if self.exclusive else prior(labels)

    def _logits(self, views: Views) -> np.ndarray:
        return logits(self.network_, views)

    @property
    def differentiable_by(self) -> tuple[str, ...]:
        """All kinds of views it takes."""
        return self.needs

    def tensor_logits(self, blocks: dict[str, tf.Tensor]) -> tf.Tensor:
        """Logits (n, k) of tensors (n, d) by block name."""
        return self.network_({name: blocks[name] for name in self.view_names_.tolist()})

    def _attribution(self, views: Views, columns: Sequence[int]) -> dict[str, np.ndarray]:
        return gradient_by_input(self.network_, views, columns)

    def save(self, folder: Path) -> None:
        """Write what was learned to a folder: plain arrays and the network."""
        super().save(folder)
        self.network_.save(folder / NETWORK)

    def load(self, folder: Path) -> Self:
        """The classifier as it was when saved into this folder; no code in the file runs."""
        storage.check_readable(folder / NETWORK)
        self.network_ = keras.saving.load_model(folder / NETWORK, compile=False, safe_mode=True)
        return super().load(folder)


def prior(labels: np.ndarray) -> np.ndarray:
    """Logit of each label's prevalence by Laplace's rule, (k,): the network's first output."""
    positives, reported = (labels == 1).sum(axis=0), (~np.isnan(labels)).sum(axis=0)
    return logit((positives + 1) / (reported + 2)).astype(np.float32)


def gradient_by_input(
    network: keras.Model, views: Views, columns: Sequence[int]
) -> dict[str, np.ndarray]:
    """Gradient x input of n images: what features add to logits, (n, k, d) by block name."""
    arrays = views.arrays
    inputs = {name: tf.constant(values) for name, values in arrays.items()}
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(inputs)
        outputs = network(inputs)
    each = [
        tape.gradient(outputs, inputs, tf.one_hot([column] * len(views), outputs.shape[1]))
        for column in columns
    ]
    slopes = {name: np.stack([of[name] for of in each], axis=1) for name in inputs}
    return {name: slopes[name] * values[:, None] for name, values in arrays.items()}
