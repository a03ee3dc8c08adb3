"""What a report is about and how to repeat it: images, split, labels, configuration, versions."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np

from datasets.images import Images
from datasets.label_names import near_misses
from datasets.options import PLACES, command_of
from evaluation import certainty
from evaluation.certainty import FEW_OF_A_CLASS, LEAST_OF_A_CLASS
from evaluation.truth import Truth
from models.thresholds import undecided
from reports.report_figures import LabelFigures
from reports.report_tree import Count, Data, Provenance


def provenance_of(
    command: str,
    options: Any,
    truth: Truth,
    libraries: Sequence[str],
    made: Mapping[str, dict[str, Any]] | None = None,
) -> Provenance:
    """How to repeat a run; `made` lists the parameters of whatever was built for it."""
    chosen = {name: value for name, value in asdict(options).items() if name not in PLACES}
    return Provenance(
        labels=list(truth.label_names),
        seed=options.seed,
        replicates=options.replicates,
        command=command_of(command, options),
        configuration={"options": plain(chosen), **(made or {})},
        versions={"python": platform.python_version()}
        | {library: version(library) for library in libraries},
    )


def data_of(images: Images, truth: Truth, notes: Sequence[str]) -> Data:
    """The images evaluated, counted, and where they come from."""
    return Data(
        source=images.source,
        images=len(truth.ids),
        patients=len(np.unique(truth.owners)),
        patients_from=images.patients_from,
        labelled_images=len(images),
        notes=[*notes, *near_misses(truth.label_names), *too_few(truth)],
    )


def too_few(truth: Truth) -> list[str]:
    """Notes on labels of few patients, whose intervals are missing or too narrow."""
    counts = {
        name: certainty.count(column, truth.owners)
        for name, column in zip(truth.label_names, truth.labels.T, strict=True)
    }
    least = {name: min(each.positive, each.negative) for name, each in counts.items()}
    tiny = [name for name, number in least.items() if 0 < number < LEAST_OF_A_CLASS]
    reasons = certainty.missing(truth.labels, truth.owners).labels
    narrow = [
        f"{name} {number}"
        for (name, number), why in zip(least.items(), reasons, strict=True)
        if not why and number < FEW_OF_A_CLASS
    ]
    n_counted = sum(map(bool, least.values()))
    return [*_without_interval(tiny, n_counted), *_too_narrow(narrow)]


def _without_interval(tiny: Sequence[str], n_counted: int) -> list[str]:
    if not tiny:
        return []
    counted = f"{len(tiny)} of the {n_counted} labels in the macro AUC"
    return [
        f"{counted} {'has' if len(tiny) == 1 else 'have'} fewer than {LEAST_OF_A_CLASS} patients"
        f" with or without the finding: {', '.join(tiny)}"
    ]


def _too_narrow(narrow: Sequence[str]) -> list[str]:
    if not narrow:
        return []
    return [
        f"intervals are too narrow for labels with fewer than {FEW_OF_A_CLASS} patients with or"
        f" without the finding: {', '.join(narrow)}"
    ]


def not_learned(splits: Sequence[Images]) -> list[str]:
    """Labels of one class among the training images of some of the splits, each with its reason."""
    places: dict[tuple[str, str], list[str]] = {}
    for place, images in enumerate(splits, 1):
        labels = images.labels[images.train]
        where = f"{len(labels):,} training images" + (f" of fold {place}" * (len(splits) > 1))
        for name, column in zip(images.label_names, labels.T, strict=True):
            for kind, value in (("positive", 1), ("negative", 0)):
                if not (column == value).any():
                    places.setdefault((name, kind), []).append(where)
    return [
        f"{name} has no {kind} among {', '.join(where)} and gets a constant probability"
        for (name, kind), where in places.items()
    ]


def partly_decided(labels: Mapping[str, LabelFigures]) -> list[str]:
    """Labels that are decided on some of the images, or on none, for want of a threshold."""
    never = [name for name, figures in labels.items() if figures.threshold is None]
    notes = [undecided(never)] if never else []
    return notes + [
        f"{name} is decided on {figures.images_decided:,} of {figures.images:,} images: in the"
        " other folds no validation image has the finding, so there is no threshold"
        for name, figures in labels.items()
        if name not in never and (figures.images_decided or 0) < figures.images
    ]


def prevalences(
    sets: Mapping[str, np.ndarray], label_names: Sequence[str]
) -> dict[str, dict[str, Count]]:
    """Positives of each label and images that report it, in each set's labels (n, k)."""
    return {
        name: {
            each: Count(
                positives=int((labels[:, column] == 1).sum()),
                images=int((~np.isnan(labels[:, column])).sum()),
            )
            for each, labels in sets.items()
        }
        for column, name in enumerate(label_names)
    }


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Options and parameters as JSON holds them; values of other types become text."""
    return {
        name: list(value)
        if isinstance(value, tuple)
        else value
        if isinstance(value, str | int | float | bool | list | None)
        else str(value)
        for name, value in values.items()
    }
