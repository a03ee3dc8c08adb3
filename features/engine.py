"""Run a backbone fast: one frozen graph, batches of one fixed shape, on all devices."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import cycle

import numpy as np

from errors import InvalidOption
from features.folding import fold, pooled
from features.runtime import convert_variables_to_constants_v2, keras, tf
from progress import warn

Prepare = Callable[[tf.Tensor], tf.Tensor]

# On a CPU as fast as any larger batch, and a single image waits less.
LARGEST_CPU_BATCH = 16


class Engine:
    """Grey images (n, size, size) uint8 to pooled features (n, width) float32.

    Every batch is padded to the same number of images. Otherwise a library may choose another
    algorithm, with other last bits, and features would depend on the number of images in a batch.
    """

    def __init__(
        self, network: keras.Model, prepare: Prepare, size: int, policy: str, batch_size: int
    ) -> None:
        self.devices = devices()
        self.batch_size = batch_size if on_gpu() else min(batch_size, LARGEST_CPU_BATCH)
        self._run = freeze(fold(network, policy), prepare, size)
        self._width = network.output_shape[-1]

    @property
    def images_at_once(self) -> int:
        """The number of images that keeps every device busy; multiples of it waste nothing."""
        return self.batch_size * len(self.devices)

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Features of each image; batches become smaller if memory runs out."""
        while True:
            try:
                return self._features(images)
            except tf.errors.ResourceExhaustedError:
                self._halve(images.shape[1])

    def _features(self, images: np.ndarray) -> np.ndarray:
        starts = range(0, len(images), self.batch_size)
        batches = [images[start : start + self.batch_size] for start in starts]
        features = np.empty((len(images), self._width), np.float32)
        for start, rows in zip(starts, self._spread(batches), strict=True):
            features[start : start + len(rows)] = rows
        return features

    def _spread(self, batches: list[np.ndarray]) -> Iterator[np.ndarray]:
        if len(self.devices) == 1:
            yield from map(partial(self._on, self.devices[0]), batches)
            return
        with ThreadPoolExecutor(len(self.devices)) as pool:
            yield from pool.map(self._on, cycle(self.devices), batches)

    def _on(self, device: str, batch: np.ndarray) -> np.ndarray:
        padded = np.zeros((self.batch_size, *batch.shape[1:]), batch.dtype)
        padded[: len(batch)] = batch
        with tf.device(device):
            (features,) = self._run(tf.constant(padded))
        return features.numpy()[: len(batch)]

    def _halve(self, size: int) -> None:
        if self.batch_size == 1:
            raise InvalidOption(
                f"One image of {size} x {size} pixels must fit into memory; it does not. Choose a"
                " smaller --image-size or another --backbone."
            )
        self.batch_size //= 2
        warn(f"memory ran out; continuing with batches of {self.batch_size} images")


def freeze(
    network: keras.Model, prepare: Prepare, size: int, finish: Prepare = pooled
) -> Callable[[tf.Tensor], list[tf.Tensor]]:
    """Preparation, network and pooling as one graph with its weights as constants."""

    # Without autograph, which this code does not need and which would print a warning.
    @tf.function(autograph=False)
    def run(images: tf.Tensor) -> tf.Tensor:
        return finish(tf.cast(network(prepare(images), training=False), tf.float32))

    images = tf.TensorSpec((None, size, size), tf.uint8)
    return convert_variables_to_constants_v2(run.get_concrete_function(images))


def on_gpu() -> bool:
    """Whether TensorFlow sees a GPU."""
    return bool(tf.config.list_physical_devices("GPU"))


def devices() -> list[str]:
    """The names of all GPUs, or else of all (usually one) processors."""
    kind = "GPU" if on_gpu() else "CPU"
    return [device.name for device in tf.config.list_logical_devices(kind)]
