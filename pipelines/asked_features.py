"""The features that a command's options ask for, extracted, and as inputs of classifiers."""

from dataclasses import replace

from datasets.images import Images
from errors import BadSplit
from features import extracted
from features.extracted import Extracted
from features.extraction_plan import Crew
from models import views
from models.views import Views
from pipelines import choices, chosen_extractors
from pipelines.chosen_extractors import kind_of
from pipelines.command_options import Extraction
from progress import step


def extract(
    images: Images, options: Extraction, crew: Crew | None = None, must_keep: bool = False
) -> Extracted:
    """The images with every feature asked for, by a crew if any; notes name networks replaced."""
    step("loading extractors")
    made = chosen_extractors.build(options, images.synthetic)
    stage = extracted.extract(images, made, options, crew, must_keep)
    notes = (*stage.images.notes, *choices.replaced(options))
    return replace(stage, images=replace(stage.images, notes=notes))


def views_of(extracted: Extracted, metadata: bool) -> Views:
    """The features of every extractor as inputs of classifiers, with age, sex and view if asked."""
    features = {name: extracted.features(name).values for name in extracted.branches}
    kinds = {name: kind_of(branch.extractor) for name, branch in extracted.branches.items()}
    meta = extracted.images.meta if metadata else None
    return views.views_of(features, kinds, meta)


def check_sets(images: Images) -> None:
    """Refuse a split without validation images."""
    if not images.validation.any():
        raise BadSplit(
            "Training needs validation images; the split"
            f" {images.split_name!r} has none. Add some, or type --split random."
        )
