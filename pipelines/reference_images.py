"""What `train` puts into a bundle so that later images can be compared with the training images."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from arrays import plain
from datasets import image_statistics, sources
from datasets.image_statistics import STATISTICS
from datasets.images import Images
from models.bundle import Bundle
from models.training_reference import Reference, by_label, with_layouts
from models.views import Views
from pipelines.command_options import Train
from progress import step

# Reading more images of a set would take minutes and move no quantile by more than a hundredth.
MOST_MEASURED = 1000


def with_reference(made: Bundle, views: Views, images: Images, options: Train) -> Bundle:
    """The bundle with the reference of its training images; validation images give its limit."""
    used = _used(made, views)
    table, training = _compared(used, images, images.train, options)
    _, held_out = _compared(used, images, images.validation, options)
    raw = made.findings(Views({name: held_out.blocks[name] for name in used.names})).raw
    reference = Reference.of(
        table[[*STATISTICS]].to_numpy(),
        training,
        held_out,
        by_label(made.labels, raw),
    )
    return replace(made, reference=reference)


def of_test(made: Bundle, views: Views, images: Images, options: Train) -> dict[str, Any]:
    """How many test images the bundle calls unlike the training images, and from which distance."""
    reference = made.reference
    if not reference or np.isinf(reference.limit):
        return {}
    _, tested = _compared(_used(made, views), images, images.test, options)
    distances = reference.distances(tested)
    if distances is None:
        return {}
    unlike = [reference.is_unlike(each) for each in distances]
    return {"limit": plain(reference.limit), "images": len(tested), "unlike": int(sum(unlike))}


def lines(values: dict[str, Any]) -> list[str]:
    """The figures of `of_test` in a line; none if nothing can be flagged."""
    if not values:
        return []
    return [
        f"unlike the training images: {values['unlike']:,} of {values['images']:,} test images"
        f" ({values['unlike'] / values['images']:.1%}; expected: 2 % at most)"
    ]


def _compared(
    used: Views, images: Images, which: np.ndarray, options: Train
) -> tuple[pd.DataFrame, Views]:
    """Of some images of a mask: statistics, and features with layouts."""
    rows = np.random.default_rng(options.seed).permutation(np.flatnonzero(which))
    rows = np.sort(rows[:MOST_MEASURED])
    step("measuring images")
    table, layouts = image_statistics.measured(images.paths[rows], sources.cores(options.jobs))
    return table, with_layouts(used.select(rows), layouts)


def _used(made: Bundle, views: Views) -> Views:
    """The blocks that the bundle takes, as it takes them from new images."""
    return Views({name: views.blocks[name] for name in made.classifier.view_names_.tolist()})
