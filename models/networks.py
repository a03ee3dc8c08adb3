"""Heads on features: a branch for each block, their fusion, a logit for each label."""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import numpy as np

import checks
from features.runtime import keras
from models.views import Views, moments

layers, ops = keras.layers, keras.ops

SEEDS_PER_HEAD = 1000
# Small data sets have few steps: Keras' 0.99 would keep the statistics of the first ones.
NORM_MOMENTUM = 0.9


class Shape(NamedTuple):
    """The hidden layers of a branch, what stands between them, and how branches are joined."""

    hidden: int | tuple[int, ...]
    dropout: float
    fusion: str
    batch_norm: bool = False

    @property
    def widths(self) -> tuple[int, ...]:
        """Units of each hidden layer; earlier bundles have a number for one layer."""
        return (self.hidden,) if isinstance(self.hidden, int) else tuple(self.hidden)


def head(views: Views, biases: np.ndarray, shape: Shape, seed: int) -> keras.Model:
    """A network from features by block name to logits (n, k), which start at the biases.

    It has only layers that Keras' safe mode loads, so a saved head needs none of this code.
    """
    checks.one_of("fusion", shape.fusion, FUSIONS)
    inputs = {name: keras.Input((width,), name=name) for name, width in views.widths.items()}
    seeds = count(SEEDS_PER_HEAD * seed)
    branches = [
        _branch(inputs[name], block.values, shape, seeds) for name, block in views.blocks.items()
    ]
    fused = branches[0] if len(branches) == 1 else FUSIONS[shape.fusion](branches, seeds)
    logits = layers.Dense(len(biases), kernel_initializer=_glorot(seeds), name="logits")
    network = keras.Model(inputs, logits(fused))
    logits.bias.assign(biases)
    return network


def _branch(
    features: keras.KerasTensor, training: np.ndarray, shape: Shape, seeds: Iterator[int]
) -> keras.KerasTensor:
    """Features standardised by the training images, then hidden layers: (n, width of the last)."""
    mean, deviation = moments(training)
    values = layers.Normalization(mean=mean, variance=deviation**2)(features)
    values = layers.Dropout(shape.dropout, seed=next(seeds))(values)
    for width in shape.widths:
        values = _hidden(values, width, shape.batch_norm, seeds)
        values = layers.Dropout(shape.dropout, seed=next(seeds))(values)
    return values


def _hidden(
    values: keras.KerasTensor, width: int, batch_norm: bool, seeds: Iterator[int]
) -> keras.KerasTensor:
    """A hidden layer; batch normalisation, if any, stands before its activation."""
    start = keras.initializers.HeNormal(next(seeds))
    if not batch_norm:
        return layers.Dense(width, activation="relu", kernel_initializer=start)(values)
    # The norm has a shift of its own.
    sums = layers.Dense(width, use_bias=False, kernel_initializer=start)(values)
    norms = layers.BatchNormalization(momentum=NORM_MOMENTUM)(sums)
    return layers.Activation("relu")(norms)


def _concat(branches: list[keras.KerasTensor], seeds: Iterator[int]) -> keras.KerasTensor:
    """Concatenated branches."""
    return layers.Concatenate()(branches)


def _gated(branches: list[keras.KerasTensor], seeds: Iterator[int]) -> keras.KerasTensor:
    """Sum of the branches, with a learned gate on every unit."""
    everything = layers.Concatenate()(branches)
    gates = [_dense(branch.shape[-1], "sigmoid", seeds)(everything) for branch in branches]
    return layers.Add()([layers.Multiply()(pair) for pair in zip(gates, branches, strict=True)])


def _attention(branches: list[keras.KerasTensor], seeds: Iterator[int]) -> keras.KerasTensor:
    """Mean of the branches, with learned weights for every image."""
    score = [
        _dense(1, None, seeds)(_dense(branch.shape[-1] // 4, "tanh", seeds)(branch))
        for branch in branches
    ]
    weights = layers.Softmax(name="attention")(layers.Concatenate()(score))
    return layers.Dot(axes=1)([ops.stack(branches, axis=1), weights])


FUSIONS = {"concat": _concat, "gated": _gated, "attention": _attention}


def _dense(width: int, activation: str | None, seeds: Iterator[int]) -> keras.Layer:
    return layers.Dense(width, activation=activation, kernel_initializer=_glorot(seeds))


def _glorot(seeds: Iterator[int]) -> keras.Initializer:
    return keras.initializers.GlorotUniform(next(seeds))
