"""What `explain` shows: images in their order, each with its labels."""

from collections.abc import Sequence
from typing import NamedTuple

from datasets.images import Films
from inference import wrong_calls
from inference.bundle_options import Explain
from inference.images_to_explain import in_turn
from inference.label_decisions import columns_telling
from models.bundle import Bundle, Findings
from models.views import Views


class Chosen(NamedTuple):
    """Images with their views, findings and the columns to show; `order` says what comes first."""

    films: Films
    views: Views
    found: Findings
    columns: Sequence[Sequence[int]]
    order: str = ""


def chosen(films: Films, views: Views, bundle: Bundle, found: Findings, asked: list[int]) -> Chosen:
    """All images as they come, with the labels asked for or else those that tell most."""
    columns = [asked] * len(films) if asked else columns_telling(films, bundle, found)
    return Chosen(films, views, found, columns)


def wrong_first(every: Chosen, bundle: Bundle, asked: list[int], options: Explain) -> Chosen:
    """Those with the worst wrong calls first, at most `--films` of a data set."""
    films, views, found, columns, _ = every
    away = wrong_calls.distances(films, bundle, found, asked)
    shown = columns if asked else wrong_calls.columns(away, columns)
    order = in_turn(films, [bundle.labels[column] for column in asked])
    rows = wrong_calls.first(away, order)[: None if options.image else options.films]
    values = Findings(*(values[rows] for values in found))
    return Chosen(
        films.select(rows),
        views.select(rows),
        values,
        [shown[row] for row in rows],
        wrong_calls.told(away),
    )
