"""What new images are compared with: histograms of a bundle's inputs and outputs in training.

It holds no image and nothing of a single patient: counts in bins between quantiles, and means and
principal components of features.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np

import arrays
import storage
from datasets.image_statistics import STATISTICS, ImageStatistics
from errors import BadArrays
from evaluation.population_shift import Histogram
from evaluation.tolerance import upper_limit
from models.embedding_distance import Spread
from models.views import METADATA, PIXELS, WORDS, Block, Views

# Lengths of unit vectors differ by rounding alone.
SAME_LENGTH = 1e-4
# The block of layouts; no name of features has a space.
LAYOUT = "image layout"
SMALLEST = 1e-12
OF_SPREAD = ("mean", "directions", "variances", "rest", "usual")


class Observed(NamedTuple):
    """What is compared of an image: values (q,) in the order of the quantities, and its `distance`
    from the training images, None if the bundle has no features that give one.
    """

    values: tuple[float, ...] = ()
    distance: float | None = None


@dataclass(frozen=True)
class Reference:
    """Histograms by quantity; by block of features its spread, and mean and deviation (2,) of the
    logarithms of validation distances; and the largest distance that is still usual.
    """

    histograms: dict[str, Histogram]
    spreads: dict[str, Spread]
    usual: dict[str, np.ndarray]
    limit: float

    @classmethod
    def of(
        cls,
        statistics: np.ndarray,
        training: Views,
        validation: Views,
        probabilities: Mapping[str, np.ndarray],
    ) -> Self:
        """The reference of statistics (m, 5) and features of training images, and of features and
        probabilities by label of validation images, which the classifier was not fitted to.
        """
        spreads = {name: Spread.of(values) for name, values in _compared(training).items()}
        far = _distances(spreads, validation)
        usual = {name: _moments(_logarithm(each)) for name, each in far.items()}
        known = statistics[~np.isnan(statistics).any(axis=1)]
        samples = dict(zip(STATISTICS, known.T, strict=True)) if len(known) else {}
        lengths = _lengths(training).items()
        samples |= {name: each for name, each in lengths if np.ptp(each) > SAME_LENGTH * each.max()}
        samples |= _named_distances(far) | _named_probabilities(probabilities)
        histograms = {name: Histogram.of(np.asarray(each, float)) for name, each in samples.items()}
        limit = upper_limit(_relative(far, usual)) if far else np.inf
        return cls(histograms, spreads, usual, limit)

    def observed(
        self,
        statistics: Sequence[ImageStatistics],
        views: Views,
        probabilities: Mapping[str, np.ndarray],
    ) -> list[Observed]:
        """What is compared of n images: their statistics, features, and probabilities by label."""
        far = _distances(self.spreads, views)
        known = dict(zip(STATISTICS, np.array(statistics, float).T, strict=True))
        known |= _lengths(views) | _named_distances(far) | _named_probabilities(probabilities)
        table = np.column_stack([known[name] for name in self.histograms])
        distances = _relative(far, self.usual).tolist() if far else [None] * len(table)
        rows = zip(table.tolist(), distances, strict=True)
        return [Observed(tuple(row), distance) for row, distance in rows]

    def distances(self, views: Views) -> np.ndarray | None:
        """The distance of each image (n,), None if the bundle has no features that give one."""
        far = _distances(self.spreads, views)
        return _relative(far, self.usual) if far else None

    def is_unlike(self, distance: float | None) -> bool:
        """Whether an image is further from the training images than nearly all held-out ones."""
        return distance is not None and distance > self.limit

    def save(self, path: Path) -> None:
        """Write it to an npz file of plain arrays."""
        histograms, blocks = self.histograms.values(), enumerate(self.spreads.items())
        saved = {
            "quantities": np.array([*self.histograms], str),
            "sizes": np.array([len(each.bounds) for each in histograms], int),
            "bounds": np.concatenate([each.bounds for each in histograms]),
            "counts": np.concatenate([each.counts for each in histograms]),
            "blocks": np.array([*self.spreads], str),
            "limit": np.array(self.limit),
        }
        for number, (name, spread) in blocks:
            facts = vars(spread) | {"usual": self.usual[name]}
            saved |= {f"{fact}_{number}": np.asarray(facts[fact]) for fact in OF_SPREAD}
        np.savez(path, allow_pickle=False, **saved)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The reference in a file; one that cannot be as it was saved raises BadArrays."""
        saved = arrays.read(storage.read_bytes(path))
        try:
            return cls._read(saved)
        except (KeyError, ValueError, TypeError, IndexError) as reason:
            raise BadArrays("the reference of the training images is damaged") from reason

    @classmethod
    def _read(cls, saved: dict[str, np.ndarray]) -> Self:
        sizes = saved["sizes"]
        ends = np.cumsum(sizes)[:-1]
        bounds = np.split(saved["bounds"], ends)
        counts = np.split(saved["counts"], ends + np.arange(1, len(sizes)))
        pairs = zip(saved["quantities"].tolist(), bounds, counts, strict=True)
        histograms = {name: Histogram(*each) for name, *each in pairs}
        spreads, usual = {}, {}
        for number, name in enumerate(saved["blocks"].tolist()):
            mean, directions, variances, rest, usual[name] = (
                saved[f"{fact}_{number}"] for fact in OF_SPREAD
            )
            spreads[name] = Spread(mean, directions, variances, float(rest))
        _check(histograms, spreads)
        return cls(histograms, spreads, usual, float(saved["limit"]))


def with_layouts(views: Views, layouts: Sequence[np.ndarray] | np.ndarray) -> Views:
    """Features of n images and, as one more block, their layouts."""
    return Views(views.blocks | {LAYOUT: Block(np.asarray(layouts, np.float32), WORDS)})


def by_label(labels: Sequence[str], probabilities: np.ndarray) -> dict[str, np.ndarray]:
    """Probabilities (n, k) as a column (n,) for each label."""
    return dict(zip(labels, probabilities.T, strict=True))


def _check(histograms: dict[str, Histogram], spreads: dict[str, Spread]) -> None:
    """Refuse arrays whose shapes do not fit each other."""
    fits = [len(each.counts) == len(each.bounds) + 1 for each in histograms.values()]
    fits += [
        each.directions.shape == (len(each.variances), len(each.mean)) for each in spreads.values()
    ]
    if not all(fits):
        raise BadArrays("the reference of the training images has arrays that do not fit together")


def _compared(views: Views) -> dict[str, np.ndarray]:
    """The blocks of features that distances are computed of."""
    kinds = {name: block.kind for name, block in views.blocks.items()}
    return {
        name: np.asarray(views.blocks[name].values)
        for name, kind in kinds.items()
        if kind not in (METADATA, PIXELS)
    }


def _distances(spreads: Mapping[str, Spread], views: Views) -> dict[str, np.ndarray]:
    blocks = {name: np.asarray(views.blocks[name].values) for name in spreads}
    return {name: each.distances(blocks[name]) for name, each in spreads.items()}


def _lengths(views: Views) -> dict[str, np.ndarray]:
    compared = _compared(views).items()
    return {
        f"{name} norm": np.linalg.norm(values, axis=1)
        for name, values in compared
        if name != LAYOUT
    }


def _named_distances(far: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {f"{name} distance": each for name, each in far.items()}


def _named_probabilities(probabilities: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {f"probability of {name}": each for name, each in probabilities.items()}


def _logarithm(distances: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(distances, SMALLEST))


def _moments(values: np.ndarray) -> np.ndarray:
    """Mean and standard deviation, 1 if there is none."""
    return np.array([values.mean(), values.std() or 1.0])


def _relative(far: Mapping[str, np.ndarray], usual: Mapping[str, np.ndarray]) -> np.ndarray:
    """The largest over blocks of distances (n,), in deviations from those of validation images."""
    each = [(_logarithm(far[name]) - mean) / spread for name, (mean, spread) in usual.items()]
    return np.max(each, axis=0)
