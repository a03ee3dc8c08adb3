"""The features that a command's options ask for, extracted, and as inputs of classifiers."""

from dataclasses import replace

import numpy as np

from datasets.images import Images
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
    images: Images, options: Extraction, crew: Crew | None = None, must_keep: bool = False
) -> Extracted:
    """The images with every feature asked for, by a crew if any; notes name networks replaced."""
    made = chosen_extractors.build(options, images.synthetic)
    found = extracted.extract(images, made, options, crew, must_keep)
    notes = (*found.images.notes, *choices.replaced(options))
    return replace(found, images=replace(found.images, notes=notes))


def views_of(extracted: Extracted, metadata: bool) -> Views:
    """Every extractor's vectors, a row per film; age, sex and view beside them if asked."""
    blocks = {
        name: _block(extracted.features(name).values, kind_of(name)) for name in extracted.branches
    }
    if metadata:
        blocks[METADATA] = metadata_block(extracted.images.meta)
    return Views(blocks)


def _block(values: np.ndarray, kind: str) -> Block:
    return Block(Rows.all_of(values) if kind == PIXELS else values, kind)


def check_parts(images: Images) -> None:
    """Refuse a split without films to choose by."""
    if not images.validation.any():
        raise BadSplit(
            "Training needs validation images; the split"
            f" {images.split_name!r} has none. Add some, or type --split random."
        )
