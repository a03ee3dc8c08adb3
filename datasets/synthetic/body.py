"""The build of one patient: where ribs, lungs and heart are in an image."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from datasets.synthetic.canvas import Map, Points

# Half the width of the rib cage at these depths.
CAGE_DEPTHS = (-0.2, 0.0, 0.08, 0.25, 0.5, 0.8, 1.0, 1.4)
CAGE_WIDTHS = (0.09, 0.15, 0.195, 0.26, 0.31, 0.335, 0.345, 0.34)
RIGHT, LEFT = -1, 1


@dataclass(frozen=True)
class Body:
    """A person; lengths are fractions of an upright image, the rest is relative to the average."""

    age: int
    woman: bool
    seed: tuple[int, ...]
    width: float
    top: float
    base: float
    heart: float
    girth: float
    bone: float
    slope: float
    kyphosis: float
    breasts: float
    markings: float

    def at(self, side: int, across: ArrayLike, depth: ArrayLike) -> Points:
        """Points (..., 2) in the image; across is 0 at the spine and 1 at the ribs."""
        across, depth = np.broadcast_arrays(np.asarray(across, float), np.asarray(depth, float))
        half = self.width * np.interp(depth, CAGE_DEPTHS, CAGE_WIDTHS)
        y = self.top + depth * (self.base - self.top)
        return np.stack([self.spine(y) + side * across * half, y], axis=-1)

    def depth(self, y: Map) -> Map:
        """Heights in the image as depths: 0 at the top of the lungs, 1 at their base."""
        return (y - self.top) / (self.base - self.top)

    def across(self, x: Map, y: Map) -> Map:
        """Positions from spine (0) to ribs (1), negative on the patient's right."""
        half = self.width * np.interp(self.depth(y), CAGE_DEPTHS, CAGE_WIDTHS)
        return ((x - self.spine(y)) / half).astype(np.float32)

    def spine(self, y: ArrayLike) -> Map:
        """The x of the spine at height y, which bends with age."""
        return 0.5 + 0.02 * self.kyphosis * np.sin(np.asarray(y) * 5)

    def rng(self, *stream: int) -> np.random.Generator:
        """A random generator of this person, the same for each of their images."""
        return np.random.default_rng([*self.seed, *stream])


def grow(seed: tuple[int, ...], age: int, woman: bool) -> Body:
    """The body for a seed, age and sex."""
    rng = np.random.default_rng(seed)
    years = max(0, age - 45) / 40
    return Body(
        age=age,
        woman=woman,
        seed=seed,
        width=rng.normal(0.95 if woman else 1.0, 0.045),
        top=rng.normal(0.11, 0.013),
        base=rng.normal(0.70, 0.024) - 0.03 * years,
        heart=rng.normal(0.43, 0.03) + 0.03 * years,
        girth=float(np.exp(rng.normal(0, 0.16))),
        bone=rng.normal(1.0, 0.12) - 0.3 * years,
        slope=rng.normal(1.0, 0.18),
        kyphosis=rng.normal(0, 0.35 + years),
        breasts=abs(rng.normal(0.8, 0.4)) if woman else 0.0,
        markings=float(np.exp(rng.normal(0, 0.2))) + 0.15 * years,
    )
