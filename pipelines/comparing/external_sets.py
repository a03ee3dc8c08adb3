"""The external data sets of a comparison: read, freed of training images, and with features."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

import file_names
from datasets import loading, overlap, pretraining, shared_findings
from datasets.images import TEST, Caution, Images, Skipped, Split
from datasets.labels import policy_of_all
from datasets.options import Reading
from datasets.sources import counted
from datasets.studies import check_unit
from datasets.tasks import MULTILABEL
from errors import BadSplit, InvalidOption
from evaluation.recalibration import check_patients
from features.extracted import Extracted
from features.extraction_plan import Crew
from pipelines import asked_features
from pipelines.command_options import Compare
from progress import say, stage

# The name becomes that of a folder, on any system.
NAMED = re.compile(r"(?P<name>\w(?:[\w .+-]*[\w+-])?)=(?P<folder>.+)")


class Mapped(NamedTuple):
    """Labels of an external data set that a finding is made of, and why it is only nearly so."""

    made_of: list[str]
    approximate: str


@dataclass(frozen=True)
class Site:
    """An external data set: n images with the k findings that it shares with the training set.

    `findings` by label says what each is made of. `stages` are its features by the extractors of
    each split, which learned from the training images of that split alone.
    """

    name: str
    images: Images
    findings: dict[str, Mapped]
    stages: Sequence[Extracted] = ()


def folders_of(asked: Sequence[str], data: Path | None) -> dict[str, Path]:
    """The folder of each external data set, from `--external NAME=FOLDER`."""
    found: dict[str, Path] = {}
    for each in asked:
        match = NAMED.fullmatch(each)
        if match is None or not file_names.is_possible(match["name"]):
            raise InvalidOption(
                "--external must be NAME=FOLDER, a name of letters, digits, blanks and . + - _ and"
                f" the folder of a data set; got {each!r}. Type, for example, --external"
                " other=FOLDER."
            )
        name, folder = match["name"], Path(match["folder"])
        if name.casefold() in map(str.casefold, found):
            raise InvalidOption(
                f"--external must give each data set its own name; got {name!r} twice. Rename one."
            )
        if folder.resolve() in (path.resolve() for path in (*found.values(), data) if path):
            raise InvalidOption(
                f"--external must name another data set; got {folder}, which --data or --external"
                " names too. Leave it out."
            )
        found[name] = folder
    return found


def read(inside: Images, options: Compare) -> list[Site]:
    """The external data sets asked for, with the findings that they share with the training set."""
    folders = folders_of(options.external, options.data)
    _check_recalibration(inside, options)
    return [_read(name, folder, inside, options) for name, folder in folders.items()]


def _check_recalibration(inside: Images, options: Compare) -> None:
    """Refuse to recalibrate without other patients, or several classes one by one."""
    if options.recalibrate and not options.external:
        raise InvalidOption(
            f"--recalibrate needs patients of another hospital; got {options.recalibrate} and no"
            " --external. Add --external NAME=FOLDER."
        )
    if options.recalibrate and len(inside.classes) > 2:
        raise InvalidOption(
            "--recalibrate fits each label on its own, so that probabilities of"
            f" {len(inside.classes)} exclusive classes would no longer sum to 1. Leave it out, or"
            " pass --task multilabel."
        )


def with_features(
    sites: Sequence[Site], stages: Sequence[Extracted], options: Compare, crew: Crew | None
) -> list[Site]:
    """The external data sets with the features of each split, without images of the training set.

    An image that is left out has the same file as an image of the training set.
    """
    return [_with_features(each, stages, options, crew) for each in sites]


def with_skipped(inside: Images, sites: Sequence[Site]) -> Images:
    """The images with the external images that were skipped among those skipped."""
    others = [
        Skipped(f"{site.name}: {image.id}", image.reason)
        for site in sites
        for image in site.images.skipped
    ]
    return replace(inside, skipped=(*inside.skipped, *others))


def _read(name: str, folder: Path, inside: Images, options: Compare) -> Site:
    with stage(f"reading {name}"):
        images = loading.load_whole(_reading(folder, options))
    check_unit(options.unit, images)
    images = _unseen(_unrelated(name, images, inside), options)
    found = shared_findings.shared(inside, images, options.map)
    images = replace(found.images, notes=(*images.notes, *found.notes))
    _check_patients(name, images, options)
    _check_classes(name, images)
    say(
        f"external data set {name}: {counted(len(images), 'image')}; shared findings:"
        f" {', '.join(images.label_names)}"
    )
    findings = {
        label: Mapped(made_of, found.approximate.get(label, ""))
        for label, made_of in found.made_of.items()
    }
    return Site(name, images, findings)


def _check_patients(name: str, images: Images, options: Compare) -> None:
    if options.recalibrate:
        check_patients(options.recalibrate, len(set(images.patients)), name)


def _reading(folder: Path, options: Compare) -> Reading:
    """How an external data set is read: in its own layout, with the policies for all labels."""
    return Reading(
        data=folder,
        views=options.views,
        uncertain=policy_of_all(options.uncertain, Reading.uncertain),
        blank=policy_of_all(options.blank, Reading.blank),
        task=MULTILABEL,
    )


def _unrelated(name: str, images: Images, inside: Images) -> Images:
    """Images without those of patients of the training set, where both come from NIH."""
    kinship = overlap.kinship([inside, images])
    if not kinship:
        return images
    same = overlap.shared_names(images, inside)
    note = f"{counted(int(same.sum()), 'image')} of {name} left out: images or patients of"
    note += f" {inside.source} have the same names"
    images = replace(images, notes=(*images.notes, Caution(kinship), note))
    return _remaining(name, images, ~same)


def _unseen(images: Images, options: Compare) -> Images:
    """Images with a note on those that an encoder was pretrained on, or without them if asked."""
    tested = replace(images, split=Split(images.source, np.full(len(images), TEST, object)))
    exclude = options.exclude_pretrained
    noted = pretraining.noted(tested, options.pretrained_on, exclude, in_folds=False)
    return replace(noted.select(noted.test), split=None)


def _remaining(name: str, images: Images, kept: np.ndarray) -> Images:
    """The images that are kept; an error if there are none."""
    if not kept.any():
        raise BadSplit(
            f"An external data set must have images that the training set has not; all"
            f" {len(images):,} of {name} are in both. Name another data set."
        )
    return images.select(kept)


def _check_classes(name: str, images: Images) -> None:
    """Refuse a data set on which no shared finding can be evaluated, before anything is trained."""
    both = [(images.labels == kind).any(axis=0) for kind in (0, 1)]
    if not np.logical_and(*both).any():
        raise InvalidOption(
            f"An external data set needs images with and without a shared finding; in {name} none"
            f" of {', '.join(images.label_names)} has both. Pass --blank zeros if an empty cell"
            " means that a finding is absent, or name another data set."
        )


def _with_features(
    site: Site, stages: Sequence[Extracted], options: Compare, crew: Crew | None
) -> Site:
    with stage(f"features of {site.name}"):
        first = asked_features.extract_others(stages[0], site.images, options, crew)
    images = _without_copies(site.name, first, stages[0])
    _check_patients(site.name, images, options)
    others = [asked_features.extract_others(each, images, options, crew) for each in stages[1:]]
    return replace(site, images=images, stages=[replace(first, images=images), *others])


def _without_copies(name: str, outside: Extracted, inside: Extracted) -> Images:
    """The images whose files the training set does not have, with a note on the others."""
    same = np.isin(outside.keys(), inside.keys())
    images = outside.images
    if not same.any():
        return images
    n_tested = int((np.isin(inside.keys(), outside.keys()) & inside.images.in_set(TEST)).sum())
    note = (
        f"{counted(int(same.sum()), 'image')} of {name} left out: {inside.images.source} has the"
        f" same files, {n_tested:,} of them to test on"
    )
    say(note)
    return _remaining(name, replace(images, notes=(*images.notes, note)), ~same)
