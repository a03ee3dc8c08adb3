"""What a verdict is about and what repeats it: films, split, labels, configuration, versions."""

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


def told(command: str, options: Any, truth: Truth, libraries: Sequence[str]) -> dict[str, Any]:
    """What every report says of its making."""
    chosen = {name: value for name, value in asdict(options).items() if name not in PLACES}
    return {
        "labels": list(truth.label_names),
        "seed": options.seed,
        "replicates": options.replicates,
        "command": command_of(command, options),
        "configuration": {"options": plain(chosen)},
        "versions": {"python": platform.python_version()}
        | {library: version(library) for library in libraries},
    }


def data_of(images: Images, truth: Truth, notes: Sequence[str]) -> dict[str, Any]:
    """The films judged, counted, and where they are from."""
    return {
        "source": images.source,
        "films": len(truth.ids),
        "patients": len(np.unique(truth.owners)),
        "patients_from": images.patients_from,
        "labelled_films": len(images),
        "notes": [*notes, *near_misses(truth.label_names), *too_few(truth)],
    }


def too_few(truth: Truth) -> list[str]:
    """Notes on labels of too few patients: those without intervals, those with narrow ones."""
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
    notes = []
    if tiny:
        counted = f"{len(tiny)} of the {sum(map(bool, least.values()))} labels in the macro AUC"
        notes.append(
            f"{counted} have fewer than {LEAST_OF_A_CLASS} patients with or without the finding:"
            f" {', '.join(tiny)}"
        )
    if narrow:
        notes.append(
            f"fewer than {FEW_OF_A_CLASS} patients with or without a finding, whose own intervals"
            f" are too narrow: {', '.join(narrow)}"
        )
    return notes


def not_learned(splits: Sequence[Images]) -> list[str]:
    """Labels of one class among the training images of some of the splits, each with its reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for place, images in enumerate(splits, 1):
        labels = images.labels[images.train]
        where = f"{len(labels):,} training images" + (f" of fold {place}" * (len(splits) > 1))
        for name, column in zip(images.label_names, labels.T, strict=True):
            for kind, value in (("positive", 1), ("negative", 0)):
                if not (column == value).any():
                    found.setdefault((name, kind), []).append(where)
    return [
        f"{name} has no {kind} among {', '.join(places)} and gets a constant probability"
        for (name, kind), places in found.items()
    ]


def decided_in_part(labels: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Labels that are decided on some of the images, or on none, for want of a threshold."""
    never = [name for name, figures in labels.items() if figures["threshold"] is None]
    notes = [undecided(never)] if never else []
    return notes + [
        f"{name} is decided on {figures['films_decided']:,} of {figures['films']:,} images: in the"
        " other folds no validation image has the finding to choose a threshold by"
        for name, figures in labels.items()
        if name not in never and figures["films_decided"] < figures["films"]
    ]


def prevalences(parts: Mapping[str, np.ndarray], label_names: Sequence[str]) -> dict[str, Any]:
    """Positives of each label and films that report it, in each part's labels (n, k)."""
    return {
        name: {
            part: {
                "positives": int((labels[:, column] == 1).sum()),
                "films": int((~np.isnan(labels[:, column])).sum()),
            }
            for part, labels in parts.items()
        }
        for column, name in enumerate(label_names)
    }


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Options and parameters as JSON holds them: what it does not know becomes text."""
    return {
        name: list(value)
        if isinstance(value, tuple)
        else value
        if isinstance(value, str | int | float | bool | list | None)
        else str(value)
        for name, value in values.items()
    }
