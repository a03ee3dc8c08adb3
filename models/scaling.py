"""Blocks brought to equal variance, so that a wide one does not drown a narrow one."""

import numpy as np


def moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each column of (n, d) as (d,) float32.

    A column that never varies gets deviation 1: divided by nearly nothing, a film in which it
    does would drown everything else.
    """
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    return mean.astype(np.float32), np.where(deviation > 0, deviation, 1).astype(np.float32)


def block_scale(arrays: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Shift and divisor (sum of widths,) that give every block a total variance of 1."""
    pairs = [moments(values) for values in arrays.values()]
    means, deviations = zip(*pairs, strict=True)
    divisors = [deviation * np.sqrt(len(deviation)) for deviation in deviations]
    return np.concatenate(means), np.concatenate(divisors).astype(np.float32)
