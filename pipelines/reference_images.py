"""What `train` puts into a bundle so that later images can be compared with the training images."""

from dataclasses import replace
from typing import Any

import numpy as np

from arrays import plain
from datasets import image_statistics, sources
from datasets.image_statistics import STATISTICS
from datasets.images import Images
from models.bundle import Bundle
from models.training_reference import Reference, by_label
from models.views import Views
from pipelines.command_options import Train
from progress import step

# Reading more training images would take minutes and move no quantile by more than a hundredth.
MOST_MEASURED = 1000
MOST_HELD_OUT = 5000


def with_reference(made: Bundle, views: Views, images: Images, options: Train) -> Bundle:
    """The bundle with the reference of its training images; validation images give its limit."""
    measured = _some(images.train, MOST_MEASURED, options.seed)
    step("measuring training images")
    table = image_statistics.table_of(images.paths[measured], sources.cores(options.jobs))
    used = _used(made, views)
    held_out = used.select(_some(images.validation, MOST_HELD_OUT, options.seed))
    reference = Reference.of(
        table[[*STATISTICS]].to_numpy(),
        used.select(measured),
        held_out,
        by_label(made.labels, made.findings(held_out).raw),
    )
    return replace(made, reference=reference)


def of_test(made: Bundle, views: Views, images: Images, options: Train) -> dict[str, Any]:
    """How many test images the bundle calls unlike the training images, and from which distance."""
    reference = made.reference
    rows = _some(images.test, MOST_HELD_OUT, options.seed)
    if not reference or np.isinf(reference.limit):
        return {}
    distances = reference.distances(_used(made, views).select(rows))
    if distances is None:
        return {}
    unlike = [reference.is_unlike(each) for each in distances]
    return {"limit": plain(reference.limit), "images": len(rows), "unlike": int(sum(unlike))}


def lines(values: dict[str, Any]) -> list[str]:
    """The figures of `of_test` in a line; none if nothing can be flagged."""
    if not values:
        return []
    return [
        f"unlike the training images: {values['unlike']:,} of {values['images']:,} test images"
        f" ({values['unlike'] / values['images']:.1%}; expected: 2 % at most)"
    ]


def _used(made: Bundle, views: Views) -> Views:
    """The blocks that the bundle takes, as it takes them from new images."""
    return Views({name: views.blocks[name] for name in made.classifier.view_names_.tolist()})


def _some(which: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Rows of a mask (n,), of many images a random sample."""
    rows = np.flatnonzero(which)
    chosen = np.random.default_rng(seed).permutation(len(rows))[:most]
    return rows[np.sort(chosen)]
