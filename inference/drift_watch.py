"""Whether images, each of them and all together, are like those that a bundle was trained on."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from evaluation.population_shift import Shift, has_shifted
from models.training_reference import Observed, Reference

# Of fewer images, chance alone gives large indices.
LEAST_IMAGES = 50
# The images that a server looks back on.
WINDOW = 500
OWN_FACTS = ("shifted", "median", "training_median")
UNLIKE = "unlike the training images"
NO_REFERENCE = (
    "images are not compared with the training images, because an earlier version trained this"
    " bundle; train it again to compare them"
)


def warnings_of(reference: Reference | None, distance: float | None) -> tuple[str, ...]:
    """A warning if an image's distance from the training images is unusual."""
    if reference is None or distance is None or not reference.is_unlike(distance):
        return ()
    return (f"{UNLIKE}: distance {distance:.1f}, usually at most {reference.limit:.1f}",)


class Compared(NamedTuple):
    """A quantity in recent images and in training images: their medians, and how far it moved."""

    shift: Shift
    shifted: bool
    median: float
    training_median: float
    # "or more" or "or less", where the median lies beyond what most training images have.
    beyond: str = ""

    @property
    def facts(self) -> dict[str, Any]:
        """The figures by name, for JSON."""
        own = self._asdict()
        return self.shift._asdict() | {name: own[name] for name in OWN_FACTS}


# The names of the figures of a quantity.
FACTS = (*Shift._fields, *OWN_FACTS)


@dataclass(frozen=True)
class Drift:
    """The last images compared with the training images: how many of them there are, how many are
    unlike the training images by themselves, and every quantity.
    """

    n_images: int
    n_unlike: int
    quantities: dict[str, Compared] = field(default_factory=dict)

    @property
    def shifted(self) -> dict[str, Compared]:
        """The quantities whose change is large and not due to chance."""
        return {name: each for name, each in self.quantities.items() if each.shifted}

    @property
    def sentences(self) -> list[str]:
        """What to warn of, if anything."""
        said = [
            f"{name}: median {each.median:.3g}{each.beyond}, in training {each.training_median:.3g}"
            f" (population stability index {each.shift.psi:.2f}, Kolmogorov-Smirnov distance"
            f" {each.shift.ks:.2f})"
            for name, each in self.shifted.items()
        ]
        return [f"these {self.n_images:,} images are {UNLIKE} in {each}" for each in said]

    @property
    def facts(self) -> dict[str, Any]:
        """All figures by name, for JSON."""
        quantities = {name: each.facts for name, each in self.quantities.items()}
        return {"images": self.n_images, "unlike": self.n_unlike, "quantities": quantities}


class Watch:
    """Counts images by their bins in the reference, the last `window` of them, or all if 0.

    Nothing else about an image is kept.
    """

    def __init__(self, reference: Reference, window: int = 0) -> None:
        self.histograms, self.window = reference.histograms, window
        self.reference = reference
        self.counts = [np.zeros_like(each.counts) for each in self.histograms.values()]
        self.n_images = self.n_unlike = 0
        self._last: deque[tuple[list[int], bool]] = deque()

    def add(self, observed: Observed) -> None:
        """Count one more image."""
        pairs = zip(self.histograms.values(), observed.values, strict=True)
        places = [int(histogram.places(np.array(value))) for histogram, value in pairs]
        unlike = self.reference.is_unlike(observed.distance)
        self._count(places, unlike, 1)
        if not self.window:
            return
        self._last.append((places, unlike))
        if len(self._last) > self.window:
            self._count(*self._last.popleft(), -1)

    def drift(self) -> Drift:
        """How the counted images compare with the training images."""
        if not self.n_images:
            return Drift(0, 0)
        pairs = zip(self.histograms.items(), self.counts, strict=True)
        quantities = {}
        for (name, histogram), counts in pairs:
            shift = histogram.shift(counts)
            shifted = self.n_images >= LEAST_IMAGES and has_shifted(shift, len(self.histograms))
            (median, beyond), (usual, _) = map(histogram.middle, (counts, histogram.counts))
            quantities[name] = Compared(shift, shifted, median, usual, beyond)
        return Drift(self.n_images, self.n_unlike, quantities)

    def _count(self, places: list[int], unlike: bool, change: int) -> None:
        for counts, place in zip(self.counts, places, strict=True):
            counts[place] += change
        self.n_images += change
        self.n_unlike += change * unlike
