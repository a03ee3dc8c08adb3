"""The features that a command's options ask for, extracted, and as inputs of classifiers."""

from dataclasses import replace

import numpy as np

from datasets.images import Films
from errors import BadSplit
from features import extracted
from features.extracted import Extracted
from features.extraction_plan import Crew
from models.row_view import Rows
from models.views import METADATA, PIXELS, Block, Views, metadata_block
from pipelines import choices, chosen_extractors
from pipelines.chosen_extractors import kind_of
from pipelines.command_options import Extraction


def extract(
    films: Films, options: Extraction, crew: Crew | None = None, must_keep: bool = False
) -> Extracted:
    """The images with every feature asked for, by a crew if any; notes name networks replaced."""
    made = chosen_extractors.build(options, films.synthetic)
    found = extracted.extract(films, made, options, crew, must_keep)
    notes = (*found.films.notes, *choices.replaced(options))
    return replace(found, films=replace(found.films, notes=notes))


def views_of(extracted: Extracted, metadata: bool) -> Views:
    """Every extractor's vectors, a row per film; age, sex and view beside them if asked."""
    blocks = {
        name: _block(extracted.features(name).values, kind_of(name)) for name in extracted.branches
    }
    if metadata:
        blocks[METADATA] = metadata_block(extracted.films.meta)
    return Views(blocks)


def _block(values: np.ndarray, kind: str) -> Block:
    return Block(Rows.all_of(values) if kind == PIXELS else values, kind)


def check_parts(films: Films) -> None:
    """Refuse a split without films to choose by."""
    if not films.validation.any():
        raise BadSplit(
            f"Training needs films to choose by; split {films.split_name!r} has no validation part."
            " Add one, or type --split random."
        )
