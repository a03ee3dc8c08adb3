"""What `explain` shows: images in their order, each with its labels."""

from collections.abc import Sequence
from typing import NamedTuple

from datasets.images import Images
from inference import wrong_calls
from inference.bundle_options import Explain
from inference.images_to_explain import in_turn
from inference.label_decisions import columns_telling
from models.bundle import Bundle, Findings
from models.views import Views


class Chosen(NamedTuple):
    """Images with their views, findings and the columns to show; `order` says what comes first."""

    images: Images
    views: Views
    found: Findings
    columns: Sequence[Sequence[int]]
    order: str = ""


def chosen(
    images: Images, views: Views, bundle: Bundle, found: Findings, asked: list[int]
) -> Chosen:
    """All images as they come, with the labels asked for or else those that tell most."""
    columns = [asked] * len(images) if asked else columns_telling(images, bundle, found)
    return Chosen(images, views, found, columns)


def wrong_first(every: Chosen, bundle: Bundle, asked: list[int], options: Explain) -> Chosen:
    """Those with the worst wrong calls first, at most `--n-images` of a data set."""
    images, views, found, columns, _ = every
    away = wrong_calls.distances(images, bundle, found, asked)
    shown = columns if asked else wrong_calls.columns(away, columns)
    order = in_turn(images, [bundle.labels[column] for column in asked])
    rows = wrong_calls.first(away, order)[: None if options.image else options.n_images]
    values = Findings(*(values[rows] for values in found))
    return Chosen(
        images.select(rows),
        views.select(rows),
        values,
        [shown[row] for row in rows],
        wrong_calls.told(away),
    )
