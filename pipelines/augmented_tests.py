"""Images in several versions, with the features of each version computed once and cached."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from datasets.images import Images
from errors import InvalidOption, MisalignedRows
from features.changed import changed
from features.extracted import Extracted
from features.extraction_plan import Crew
from models.test_time_augmentation import averaged, check_augmentations, moves
from models.views import Views
from pipelines import asked_features, taken_blocks
from pipelines.command_options import Compare, Extraction, Train
from progress import stage

NOWHERE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Versions:
    """The features of every version of some images; with `metadata` also age, sex and view."""

    versions: Sequence[Extracted]
    metadata: bool

    def __iter__(self) -> Iterator[Views]:
        """The inputs of classifiers for one version after the other; one is in memory at a time."""
        for each in self.versions:
            yield asked_features.views_of(each, self.metadata)


class Augmented(NamedTuple):
    """Versions of the test images and of the images of each external data set by its name.

    Averages over them are kept at `beside`, next to the fit of the same training. `changed` are the
    test images in other conditions, by name; these are not averaged.
    """

    tests: Iterable[Views] = ()
    elsewhere: Mapping[str, Iterable[Views]] = NOWHERE
    beside: Path | None = None
    changed: Iterable[tuple[str, Views]] = ()

    def averaged(
        self,
        found: Callable[[Views], np.ndarray],
        tested: np.ndarray,
        elsewhere: Mapping[str, np.ndarray],
    ) -> tuple[np.ndarray, np.ndarray | None, dict[str, np.ndarray]]:
        """Probabilities and spread of the test images, and probabilities of external images.

        `found` gives the probabilities of a version, `tested` and `elsewhere` are those of the
        images as they are.
        """
        mean, spread = _averaged(found, tested, self.tests)
        others = {
            name: _averaged(found, each, self.elsewhere.get(name, ()))[0]
            for name, each in elsewhere.items()
        }
        return mean, spread, others


NOT_AUGMENTED = Augmented()


def check(options: Train | Compare) -> None:
    """Refuse numbers of versions that give no spread, and classifiers of features from files."""
    check_augmentations(options.tta)
    if options.tta:
        check_computable("--tta", "augmented", options)


def check_computable(flag: str, kind: str, options: Extraction) -> None:
    """Refuse a flag that needs features of images of this kind, if they come from files."""
    given = taken_blocks.embedded(options)
    for name, wanted in taken_blocks.needs(options).items():
        files = [each.name for each in given if {each.name, each.kind} & set(wanted)]
        if files:
            raise InvalidOption(
                f"{flag} needs features that can be computed from {kind} images; those of"
                f" {' and '.join(files)}, which {name} takes, come from a file. Leave {flag} out,"
                f" or leave out {name}."
            )


def of_set(
    name: str,
    extracted: Extracted,
    options: Train | Compare,
    metadata: bool,
    crew: Crew | None = None,
) -> Versions:
    """As many versions as the options ask for of the images of a set of the split; else none."""
    if not options.tta:
        return Versions((), metadata)
    chosen = extracted.images.select(extracted.images.in_set(name))
    return of_images(chosen, extracted, options, metadata, crew)


def of_images(
    images: Images,
    extracted: Extracted,
    options: Train | Compare,
    metadata: bool,
    crew: Crew | None = None,
) -> Versions:
    """As many versions of some images as the options ask for, by the extractors of `extracted`."""
    with stage(f"features of {options.tta} augmented versions of {len(images):,} images"):
        versions = changed(images, extracted.branches, moves(options.tta), options, crew)
    check_rows(images, versions)
    return Versions(versions, metadata)


def _averaged(
    found: Callable[[Views], np.ndarray], plain: np.ndarray, versions: Iterable[Views]
) -> tuple[np.ndarray, np.ndarray | None]:
    others = [found(each) for each in versions]
    return averaged([plain, *others]) if others else (plain, None)


def check_rows(images: Images, versions: Sequence[Extracted]) -> None:
    """Refuse versions of images that lack one of them."""
    for each in versions:
        if not np.array_equal(each.images.ids, images.ids):
            raise MisalignedRows(
                f"Every version must have all {len(images):,} images; one has"
                f" {len(each.images):,}, since files have changed meanwhile. Start again."
            )
