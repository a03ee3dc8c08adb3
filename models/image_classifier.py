"""What classifiers that train on images share: network, training, a sheet of augmentations."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from pathlib import Path

import numpy as np

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
    with_embedding,
    with_standard_embedding,
)
from models.image_options import FineTuning, check_options
from models.network_classifier import NetworkClassifier, gradient_by_input
from models.networks import head
from models.training import Training, train
from models.views import PIXELS, Views

HEADLESS = "backbone.keras"
IMAGES_AT_ONCE = 32
# Options of which a head on features in memory keeps its own defaults.
OWN_PACE = (
    *(
        "learning_rate",
        "weight_decay",
        "batch_size",
        "epochs",
        "reduce_lr_patience",
        "patience",
        "mixup",
        "schedule",
        "warmup_epochs",
    ),
)


@dataclass(repr=False, eq=False, kw_only=True)
class ImageClassifier(FineTuning, NetworkClassifier):
    """A backbone and a head that are trained together; `network_` maps images to logits (n, k)."""

    backbone: str = "resnet50"
    weights: str = "auto"
    precision: str = "auto"

    @property
    def backbone_(self) -> keras.Model:
        """The trained network from RGB of 0 to 255 (n, size, size, 3) to its last feature map."""
        return self.network_.get_layer(BACKBONE)

    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        check_options(self)
        tuner = self.tuner(views, labels, validation)
        configuration = [self.get_params(), self.view_widths_.tolist(), digest(labels.tobytes())]
        self.history_ = fine_tune(
            tuner, validation, Checkpoint(self.place, json.dumps(configuration))
        )

    def tuner(self, views: Views, labels: np.ndarray, validation: Labelled) -> FineTuner:
        """The network before fine-tuning, ready to be trained."""
        strategy = devices_strategy()
        batches = ImageBatches(views, labels, self, self.seed, strategy.num_replicas_in_sync)
        extractor = registry.load(features.extractors, self.backbone)(
            weights=self.weights, image_size=batches.size, precision=self.precision, seed=self.seed
        )
        start = self._head(extractor, views, labels, validation)
        with strategy.scope():
            groups = self._join(extractor, start, batches.block)
            return FineTuner(self.network_, groups, batches, self)

    @property
    def _from_scratch(self) -> bool:
        """Whether the backbone is random: then all of it learns at once, as fast as the head."""
        return self.weights == "random" and self.frozen < 1

    def _head(
        self, extractor: Backbone, views: Views, labels: np.ndarray, validation: Labelled
    ) -> keras.Model:
        """A head that is trained, like that of `cnn`, on the embedding of the initial backbone.

        With an untrained head, the first steps of fine-tuning would damage a good backbone.
        """
        biases = self._prior(labels)
        if self._from_scratch:
            return head(with_standard_embedding(extractor, views), biases, self.shape, self.seed)
        embed, at_once = extractor.transform_images, extractor.images_at_once
        seen, held_out = (with_embedding(embed, each, at_once) for each in (views, validation[0]))
        made = head(seen, biases, self.shape, self.seed)
        shared = {item.name: getattr(self, item.name) for item in fields(Training) if item.init}
        own = Training(**shared | {name: getattr(Training, name) for name in OWN_PACE})
        own.exclusive_ = self.exclusive
        train(made, seen, labels, (held_out, validation[1]), own, self.seed)
        return made

    def _join(self, extractor: Backbone, start: keras.Model, block: str) -> list[Stage]:
        """Build the whole network; what will learn: the head and stages of its backbone."""
        # bfloat16 even where extraction uses float16, because it needs no loss scaling.
        policy = "float32" if extractor.policy == "float32" else "mixed_bfloat16"
        backbone = rgb_backbone(extractor, policy)
        seed_dropouts(backbone, self.seed)
        copy = keras.models.clone_model(start)
        copy.set_weights(start.get_weights())
        self.network_ = joined(backbone, copy, block)
        scratch = self._from_scratch
        rate, decay = (1.0, 1.0) if scratch else (self.backbone_rate, self.stage_decay)
        return [Stage([copy], 1.0), *stages(backbone, rate, decay, self.frozen)]

    def _logits(self, views: Views) -> np.ndarray:
        return in_batches(_compiled(self.network_), views, IMAGES_AT_ONCE)

    @property
    def _top(self) -> keras.Model:
        """The trained head, from the embedding and other inputs to logits."""
        return self.network_.layers[-1]

    def tensor_logits(self, blocks: dict[str, tf.Tensor]) -> tf.Tensor:
        """Logits (n, k) of tensors (n, d) by block name; images are given by their embedding."""
        return self._top({name: blocks[name] for name in self.view_names_.tolist()})

    def _attribution(self, views: Views, columns: Sequence[int]) -> dict[str, np.ndarray]:
        def embed(images: np.ndarray) -> tf.Tensor:
            return pooled(tf.cast(self.backbone_(rgb(images), training=False), tf.float32))

        return gradient_by_input(self._top, with_embedding(embed, views, IMAGES_AT_ONCE), columns)

    def augmented(self, views: Views, times: int) -> np.ndarray:
        """Images as in training, each augmented so many times: (times, n, size, size)."""
        images = np.concatenate(list(views.of(PIXELS).arrays.values()))
        return examples(images, self.augmentation, self.flip, times, self.seed)

    def save(self, folder: Path) -> None:
        """Write what was learned to a folder, and the backbone for `extract --weights`."""
        super().save(folder)
        self.backbone_.save(folder / HEADLESS)


@lru_cache(maxsize=1)
def _compiled(network: keras.Model) -> Callable[[dict[str, np.ndarray]], np.ndarray]:
    """The network as a graph, kept while it is in use."""
    return tf.function(partial(network, training=False), autograph=False)
