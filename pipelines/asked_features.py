"""The features that a command's options ask for, extracted, and as inputs of classifiers."""

from dataclasses import replace

from datasets import pretraining, several_sites, sources
from datasets.images import Images
from datasets.options import Pooled
from errors import BadSplit
from features import extracted
from features.extracted import Extracted
from features.extraction_plan import Crew
from models import views
from models.views import Views
from pipelines import choices, chosen_extractors, word_settings
from pipelines.chosen_extractors import kind_of
from pipelines.command_options import Extraction
from progress import step


def images_of(options: Extraction, in_turn: bool = False) -> Images:
    """The images of all sites, with a note on those that an encoder was pretrained on."""
    also = options.also if isinstance(options, Pooled) else []
    images = several_sites.images_of(options, also) if also else sources.images_of(options)
    exclude = options.exclude_pretrained
    return pretraining.noted(images, options.pretrained_on, exclude, in_folds=in_turn)


def extract(
    images: Images, options: Extraction, crew: Crew | None = None, must_keep: bool = False
) -> Extracted:
    """The images with every feature asked for, by a crew if any; notes name networks replaced."""
    step("loading extractors")
    made = chosen_extractors.build(options, images.synthetic)
    images, given = chosen_extractors.given(images, options)
    variants = word_settings.variants(options)
    stage = extracted.extract(images, made, options, crew, must_keep, variants)
    notes = (*stage.images.notes, *choices.replaced(options))
    return replace(stage, images=replace(stage.images, notes=notes), given=given)


def extract_others(
    known: Extracted, images: Images, options: Extraction, crew: Crew | None = None
) -> Extracted:
    """Other images with the same features as those of `known`, by extractors that learned there."""
    images, given = chosen_extractors.given(images, options)
    return replace(extracted.extract_others(known, images, options, crew), given=given)


def kinds(extracted: Extracted) -> dict[str, str]:
    """The kind of each block of features by name."""
    kinds = {name: each.kind for name, each in extracted.given.items()}
    kinds |= {name: kind_of(each.extractor) for name, each in extracted.branches.items()}
    return {name: kinds[name] for name in extracted.names}


def views_of(extracted: Extracted, metadata: bool) -> Views:
    """All features as inputs of classifiers, with age, sex and view if asked."""
    features = {name: extracted.features(name).values for name in extracted.names}
    meta = extracted.images.meta if metadata else None
    return views.views_of(features, kinds(extracted), meta)


def check_sets(images: Images) -> None:
    """Refuse a split without validation images."""
    if not images.validation.any():
        raise BadSplit(
            "Training needs validation images; the split"
            f" {images.split_name!r} has none. Add some, or type --split random."
        )
