"""What classifiers that learn from films share: the network, its training, its spread."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from scipy.special import expit

import features.extractors
import registry
from features.backbone import Backbone
from features.folding import pooled
from features.recipe import digest
from features.runtime import keras, tf
from models.augmentation import examples
from models.backbone_stages import Stage, stages
from models.checkpoints import Checkpoint
from models.classifier import Labelled
from models.finetuning import FineTuner, devices_strategy, fine_tune
from models.image_batches import ImageBatches, in_batches
from models.image_network import (
    BACKBONE,
    joined,
    rgb,
    rgb_backbone,
    seed_dropouts,
    with_plain_vectors,
    with_vectors,
)
from models.image_options import FineTuning, check_options
from models.network_classifier import NetworkClassifier, gradient_by_input, prior
from models.networks import head
from models.test_time_augmentation import augmented_logits
from models.training import Training, train
from models.views import PIXELS, Views

HEADLESS = "backbone.keras"
IMAGES_AT_ONCE = 32
# What a head on vectors that fit in memory does at its own pace.
PACE = (
    *(
        "learning_rate",
        "weight_decay",
        "batch_size",
        "epochs",
        "reduce_lr_patience",
        "patience",
        "mixup",
    ),
)


@dataclass(repr=False, eq=False, kw_only=True)
class ImageClassifier(FineTuning, NetworkClassifier):
    """A backbone and a head that learn together; `network_` maps films to logits (n, k)."""

    backbone: str = "resnet50"
    weights: str = "auto"
    precision: str = "auto"

    # Where a training keeps how far it is, and goes on from; None: nowhere.
    place: ClassVar[Path | None] = None

    def keep_in(self, folder: Path) -> Self:
        """The classifier, whose training goes on from what the folder holds of it."""
        self.place = folder  # type: ignore[misc]
        return self

    @property
    def backbone_(self) -> keras.Model:
        """The trained network from RGB of 0 to 255 (n, size, size, 3) to its last map."""
        return self.network_.get_layer(BACKBONE)

    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        check_options(self)
        tuner = self.tuner(views, labels, validation)
        told = [self.get_params(), self.view_widths_.tolist(), digest(labels.tobytes())]
        self.history_ = fine_tune(tuner, validation, Checkpoint(self.place, json.dumps(told)))

    def tuner(self, views: Views, labels: np.ndarray, validation: Labelled) -> FineTuner:
        """The network before fine-tuning, with what will train it."""
        strategy = devices_strategy()
        batches = ImageBatches(views, labels, self, self.seed, strategy.num_replicas_in_sync)
        extractor = registry.load(features.extractors, self.backbone)(
            weights=self.weights, image_size=batches.size, precision=self.precision, seed=self.seed
        )
        first = self._head(extractor, views, labels, validation)
        with strategy.scope():
            groups = self._join(extractor, first, batches.block)
            return FineTuner(self.network_, groups, batches, self)

    @property
    def _from_scratch(self) -> bool:
        """Whether the backbone has nothing to lose: all learns at once and as fast as the head."""
        return self.weights == "random" and self.frozen < 1

    def _head(
        self, extractor: Backbone, views: Views, labels: np.ndarray, validation: Labelled
    ) -> keras.Model:
        """A head that has learned, as that of `cnn`, from the vectors of the backbone as it is.

        Without that the first steps of fine-tuning would spoil a good backbone for a bad head.
        """
        options = (self.hidden, self.dropout, self.fusion, self.seed)
        if self._from_scratch:
            return head(with_plain_vectors(extractor, views), prior(labels), *options)
        look, at_once = extractor.transform_images, extractor.images_at_once
        seen, held_out = (with_vectors(look, each, at_once) for each in (views, validation[0]))
        made = head(seen, prior(labels), *options)
        shared = {item.name: getattr(self, item.name) for item in fields(Training)}
        own = {name: getattr(Training, name) for name in PACE}
        train(made, seen, labels, (held_out, validation[1]), Training(**shared | own), self.seed)
        return made

    def _join(self, extractor: Backbone, first: keras.Model, block: str) -> list[Stage]:
        """Make the whole network; what of it will learn, the head and stages of its backbone."""
        # Also where extraction takes float16: in bfloat16 no loss has to be scaled.
        policy = "float32" if extractor.policy == "float32" else "mixed_bfloat16"
        backbone = rgb_backbone(extractor, policy)
        seed_dropouts(backbone, self.seed)
        copy = keras.models.clone_model(first)
        copy.set_weights(first.get_weights())
        self.network_ = joined(backbone, copy, block)
        scratch = self._from_scratch
        rate, decay = (1.0, 1.0) if scratch else (self.backbone_rate, self.stage_decay)
        return [Stage([copy], 1.0), *stages(backbone, rate, decay, self.frozen)]

    def _logits(self, views: Views) -> np.ndarray:
        return in_batches(_compiled(self.network_), views, IMAGES_AT_ONCE)

    @property
    def _top(self) -> keras.Model:
        """The trained head, from the backbone's vector and what else there is to logits."""
        return self.network_.layers[-1]

    def tensor_logits(self, vectors: dict[str, tf.Tensor]) -> tf.Tensor:
        """Logits (n, k) of tensors (n, d) by block's name; for films their vectors."""
        return self._top({name: vectors[name] for name in self.view_names_.tolist()})

    def _attribution(self, views: Views, columns: Sequence[int]) -> dict[str, np.ndarray]:
        def look(images: np.ndarray) -> tf.Tensor:
            return pooled(tf.cast(self.backbone_(rgb(images), training=False), tf.float32))

        return gradient_by_input(self._top, with_vectors(look, views, IMAGES_AT_ONCE), columns)

    def augmented(self, views: Views, times: int) -> np.ndarray:
        """Films as training sees them, each so many times: (times, n, size, size)."""
        images = np.concatenate([np.asarray(each) for each in views.of(PIXELS).arrays.values()])
        return examples(images, self.augmentation, self.flip, times, self.seed)

    def predict_augmented(self, views: Views, times: int) -> np.ndarray:
        """Probabilities (times, n, k) float32 of films, each time augmented anew."""
        policy = self.augmentation if self.augmentation != "none" else "mild"
        logits = augmented_logits(self.network_, self._taken(views), policy, times, self.seed)
        constant = ~np.isnan(self.constants_)
        return np.where(constant, self.constants_, expit(logits)).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write what was learned into a folder; the backbone alone too, for `extract --weights`."""
        super().save(folder)
        self.backbone_.save(folder / HEADLESS)


@lru_cache(maxsize=1)
def _compiled(network: keras.Model) -> Callable[[dict[str, np.ndarray]], np.ndarray]:
    """The network as a graph, kept while it is the one in use."""
    return tf.function(partial(network, training=False), autograph=False)
