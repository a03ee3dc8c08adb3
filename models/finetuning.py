"""Training of a network on images: stage by stage, on every device, with checkpoints."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import numpy as np

from datasets.image_stream import ahead
from features.engine import devices
from features.runtime import keras, tf
from models.augmentation import Augmentation
from models.backbone_stages import Stage, n_learning
from models.checkpoints import Arrays, Checkpoint
from models.classifier import Labelled, validation_auc
from models.exclusive import ranked
from models.image_batches import Batch, ImageBatches, in_batches
from models.image_options import FineTuning
from models.imbalance import class_weights
from models.reached import Reached
from models.schedules import rate, since_best
from models.trainer import loss_of
from models.training import check_finite, optimizer_for
from models.training_history import log
from models.views import Views
from progress import say, step, track

BATCHES_AHEAD = 4
BATCH_THREADS = 4
STATE, BEST = "state", "best"

Nested = TypeVar("Nested", Batch, dict[str, np.ndarray])


def devices_strategy() -> tf.distribute.Strategy:
    """A copy of the network on every GPU; with one device, TensorFlow's default."""
    names = devices()
    return tf.distribute.MirroredStrategy(names) if len(names) > 1 else tf.distribute.get_strategy()


class FineTuner:
    """A network with its training images, and an optimizer for its head and for each stage.

    Create it within the scope of its strategy.
    """

    def __init__(
        self,
        network: keras.Model,
        groups: list[Stage],
        batches: ImageBatches,
        options: FineTuning,
    ) -> None:
        self.network, self.batches, self.options = network, batches, options
        self.strategy = tf.distribute.get_strategy()
        self.augmentation = Augmentation(batches.size)
        self.weights = class_weights(batches.labels, options.class_weights, options.exclusive)
        self.groups, n_images = groups, len(batches.labels)
        self.optimizers = [
            optimizer_for(options, options.batch_size, n_images, options.ema_momentum)
            for _ in self.groups
        ]
        for group, optimizer in zip(self.groups, self.optimizers, strict=True):
            optimizer.build(group.variables)
        self.step = tf.function(self._everywhere, autograph=False)
        self.forward = tf.function(self._forward_everywhere, autograph=False)

    def epoch(self, reached: Reached, checkpoint: Checkpoint, validation: Labelled) -> None:
        """One pass over the training images, from where it was interrupted."""
        number, first, started = len(reached.history), len(reached.losses), time.monotonic()
        plan, every = self.batches.plan(number), self.options.checkpoint_steps
        work = self.steps(plan, number, first, reached.rows)
        for done, loss in enumerate(track(work, f"epoch {number + 1}", len(plan) - first, "steps")):
            reached.losses.append(loss)
            if every and (first + done + 1) % every == 0 and first + done + 1 < len(plan):
                self.keep(reached, checkpoint)
        step(f"epoch {number + 1}: looking at validation images")
        mean = reached.mean_loss
        check_finite(mean, number + 1)
        speed = (len(plan) - first) * plan.shape[1] / (time.monotonic() - started)
        with self.averaged():
            reached.history.append((mean, *self.validated(validation), self._rate))
        reached.losses = []
        say(reached.described(self.options.epochs, speed))

    def steps(
        self, plan: np.ndarray, epoch: int, first: int, history: np.ndarray
    ) -> Iterator[tf.Tensor]:
        """The loss of each step of an epoch from a first step on, one step at a time."""
        learning = self._let_learn(epoch)
        for place, batch in self._made(plan, epoch, first):
            self._set_rate(epoch + (place + 1) / len(plan), history)
            yield self.step(self._spread(batch), learning)

    def logits(self, views: Views) -> np.ndarray:
        """Outputs of the network for images, (n, k) float32, in batches of one size."""

        def compute(inputs: dict[str, np.ndarray]) -> np.ndarray:
            scores = self.forward(self._spread(inputs))
            return np.concatenate(self.strategy.experimental_local_results(scores))

        return in_batches(compute, views, self.batches.plan(0).shape[1])

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """The network with the moving average of its weights, where one is kept."""
        if not self.options.ema_momentum:
            yield
            return
        own = self.network.get_weights()
        for group, optimizer in zip(self.groups, self.optimizers, strict=True):
            # A stage that waits for its epoch has no average yet.
            if int(optimizer.iterations):
                optimizer.finalize_variable_values(group.variables)
        yield
        self.network.set_weights(own)

    def validated_weights(self) -> list[np.ndarray]:
        """The weights that validation was computed with."""
        with self.averaged():
            return list(self.network.get_weights())

    def keep(self, reached: Reached, checkpoint: Checkpoint) -> None:
        """Save everything that the rest of the training depends on."""
        arrays = {f"variable-{place}": each.numpy() for place, each in enumerate(self._variables)}
        checkpoint.save(STATE, arrays | reached.arrays)

    def restore(self, arrays: Arrays) -> Reached:
        """Continue from the arrays of a checkpoint, or start if there are none."""
        if not arrays:
            return Reached()
        for place, variable in enumerate(self._variables):
            variable.assign(arrays[f"variable-{place}"])
        return Reached.of(arrays)

    @property
    def _variables(self) -> list[keras.Variable]:
        # The variables of the network include the random state of its dropouts.
        return [*self.network.variables, *(v for each in self.optimizers for v in each.variables)]

    def _let_learn(self, epoch: int) -> int:
        """Freeze the stages that do not learn yet; the number of groups that do, with the head."""
        stages = self.groups[1:]
        learning = n_learning(len(stages), epoch, self.options.unfreeze_every)
        for place, stage in enumerate(stages):
            stage.freeze(place >= learning)
        return learning + 1

    def _set_rate(self, done: float, history: np.ndarray) -> None:
        options = self.options
        share = rate(
            options.schedule,
            done,
            options.epochs,
            options.warmup_epochs,
            history,
            options.reduce_lr_patience,
        )
        self._rate = options.learning_rate * share
        for group, optimizer in zip(self.groups, self.optimizers, strict=True):
            optimizer.learning_rate = self._rate * group.rate

    def _made(self, plan: np.ndarray, epoch: int, first: int) -> Iterator[tuple[int, Batch]]:
        """Batches with their numbers; the next ones are made while one is used."""

        def make(step: int) -> tuple[int, Batch]:
            return step, self.batches.make(plan[step], epoch, step)

        with ThreadPoolExecutor(BATCH_THREADS) as pool:
            yield from ahead(pool, make, range(first, len(plan)), BATCHES_AHEAD)

    def _spread(self, values: Nested) -> Nested:
        """Every array, divided among the devices."""
        count = self.strategy.num_replicas_in_sync

        def share(context: tf.distribute.experimental.ValueContext) -> Nested:
            place = context.replica_id_in_sync_group
            return tf.nest.map_structure(lambda each: np.split(each, count)[place], values)

        return self.strategy.experimental_distribute_values_from_function(share)

    def _everywhere(self, batch: Batch, learning: int) -> tf.Tensor:
        losses = self.strategy.run(self._on_one, (batch, learning))
        return self.strategy.experimental_local_results(losses)[0]

    def _forward_everywhere(self, inputs: dict[str, tf.Tensor]) -> tf.Tensor:
        return self.strategy.run(self.network, (inputs,), {"training": False})

    def _on_one(self, batch: Batch, learning: int) -> tf.Tensor:
        """The loss of the whole batch, after a step that sums the gradients of all devices."""
        block, groups = self.batches.block, self.groups[:learning]
        replica = tf.distribute.get_replica_context()
        images = self.augmentation(batch.inputs[block], batch.draws)
        reported = tf.reduce_sum(tf.cast(~tf.math.is_nan(batch.labels), tf.float32))
        share = reported / tf.maximum(replica.all_reduce("sum", reported), 1.0)
        with tf.GradientTape() as tape:
            scores = self.network(batch.inputs | {block: images}, training=True)
            loss = share * loss_of(self.options, batch.labels, scores, self.weights)
        variables = [[each.value for each in group.variables] for group in groups]
        slopes = replica.all_reduce("sum", tape.gradient(loss, tf.nest.flatten(variables)))
        # Gradients are clipped after the sum over devices; the optimizers sum them once more.
        clipped, _ = tf.clip_by_global_norm(slopes, self.options.global_clipnorm)
        shares = [each / self.strategy.num_replicas_in_sync for each in clipped]
        pairs = zip(
            self.optimizers, tf.nest.pack_sequence_as(variables, shares), groups, strict=False
        )
        for optimizer, gradients, group in pairs:
            optimizer.apply(gradients, group.variables)
        return replica.all_reduce("sum", loss)

    def validated(self, validation: Labelled) -> tuple[float, float]:
        """Loss and macro AUC on validation images."""
        labels, scores = validation[1].astype(np.float32), self.logits(validation[0])
        loss = loss_of(self.options, labels, scores, self.weights)
        return float(loss), validation_auc(labels, ranked(scores, self.options.exclusive))


def fine_tune(tuner: FineTuner, validation: Labelled, checkpoint: Checkpoint) -> np.ndarray:
    """The history (HISTORY) of a training; the network keeps the weights of its best epoch.

    If no epoch is better on validation images than the network before it, that is kept.
    """
    options, network = tuner.options, tuner.network
    reached = tuner.restore(checkpoint.load(STATE))
    best = list(checkpoint.load(BEST).values())
    if not (reached.history or reached.losses):
        step("looking at validation images before the first epoch")
        reached.start, best = tuner.validated(validation), network.get_weights()
        checkpoint.save_list(BEST, best)
    else:
        say(f"continuing with epoch {len(reached.history) + 1}, step {len(reached.losses) + 1}")
    while _goes_on(reached.rows, options):
        tuner.epoch(reached, checkpoint, validation)
        if reached.is_best:
            best = tuner.validated_weights()
            checkpoint.save_list(BEST, best)
        tuner.keep(reached, checkpoint)
        log(checkpoint.logs, reached.rows)
    network.set_weights(best)
    return reached.rows


def _goes_on(history: np.ndarray, options: FineTuning) -> bool:
    """Whether there is another epoch after these."""
    waited = since_best(history) >= options.patience
    return not (len(history) >= options.epochs or waited or options.falls_short(history))
