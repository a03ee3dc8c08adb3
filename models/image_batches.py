"""Batches of images for training, with augmentation and MixUp."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from models.augmentation import Draws, draw, equalise, for_devices, policy_named
from models.imbalance import epoch_rows, mixing, rare_labels
from models.training import Training
from models.views import PIXELS, Views, side_of


class Batch(NamedTuple):
    """Inputs (n, d) by block name, images as uint8; labels (n, k); draws of the augmentation."""

    inputs: dict[str, np.ndarray]
    labels: np.ndarray
    draws: Draws


@dataclass(repr=False, eq=False, kw_only=True)
class Augmenting(Training):
    """Options of the augmentation of training images."""

    augmentation: str = "medical"
    # The heart is on the left, so a mirror image is wrong.
    flip: bool = False
    # Factor on the augmentation of images with a rare finding.
    minority: float = 1.0
    batch_size: int = 32


class ImageBatches:
    """The batches of every epoch, which depend only on seed, epoch and step."""

    def __init__(
        self, views: Views, labels: np.ndarray, options: Augmenting, seed: int, n_devices: int = 1
    ) -> None:
        self.views, self.labels, self.options, self.seed = views, labels, options, seed
        self.block = views.of(PIXELS).names[0]
        self.size = side_of(views.widths[self.block])
        self.policy = policy_named(options.augmentation)
        self.n_devices = n_devices
        rare = rare_labels(labels, options.target_prevalence)
        is_rare = (labels[:, rare] == 1).any(axis=1)
        self.strengths = np.where(is_rare, options.minority, 1.0)

    def plan(self, epoch: int) -> np.ndarray:
        """Rows (steps, batch) of an epoch; the last batch is filled from the first rows."""
        options = self.options
        rng = np.random.default_rng((self.seed, epoch))
        rows = epoch_rows(self.labels, options.resampling, options.target_prevalence, rng)
        # Every device gets the same number of images.
        share = -(-min(options.batch_size, len(rows)) // self.n_devices)
        size = share * self.n_devices
        return np.resize(rows, (-(-len(rows) // size), size))

    def make(self, rows: np.ndarray, epoch: int, step: int) -> Batch:
        """The batch with these rows in this step."""
        rng = np.random.default_rng((self.seed, epoch, step))
        draws = draw(self.policy, self.strengths[rows], self.size, self.options.flip, rng)
        inputs = self.views.select(rows).arrays
        inputs[self.block] = equalise(inputs[self.block], draws)
        labels = self.labels[rows]
        if self.options.mixup:
            partners, shares = mixing(np.arange(len(rows)), self.options.mixup, rng)
            inputs = {name: _mixed(values, partners, shares) for name, values in inputs.items()}
            labels = _mixed(labels, partners, shares)
        return Batch(inputs, labels, for_devices(draws))


def in_batches(
    compute: Callable[[dict[str, np.ndarray]], np.ndarray], views: Views, size: int
) -> np.ndarray:
    """Results of compute for all images (n, ...), always called with the same number of images."""
    batches = []
    for start in range(0, len(views), size):
        rows = np.arange(start, min(start + size, len(views)))
        inputs = views.select(np.resize(rows, size)).arrays
        batches.append(np.asarray(compute(inputs))[: len(rows)])
    return np.concatenate(batches)


def _mixed(values: np.ndarray, partners: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Each row mixed with its partner, in the type of the values."""
    shares = shares[:, None]
    mixed = shares * values + (1 - shares) * values[partners]
    return np.rint(mixed).astype(np.uint8) if values.dtype == np.uint8 else mixed
