"""What a verdict is about and what repeats it: films, split, labels, configuration, versions."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np

from datasets.films import Films
from evaluation.truth import Truth
from pipelines.command_line import PLACES, command_of

# An interval of 95 % holds the true AUC 91 times in 100 where 10 patients have the finding, 83
# times where 5 have it, 56 times where 2 have it (`benchmarks/coverage.py`).
ENOUGH_PATIENTS = 10


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


def data_of(films: Films, truth: Truth, notes: Sequence[str]) -> dict[str, Any]:
    """The films judged, counted, and where they are from."""
    return {
        "source": films.source,
        "films": len(truth.ids),
        "patients": len(set(truth.patients)),
        "patients_from": films.patients_from,
        "labelled_films": len(films),
        "notes": [*notes, *too_few(truth)],
    }


def too_few(truth: Truth) -> list[str]:
    """A note of the labels whose own intervals are not to be trusted, if there are any."""
    counts = {
        name: min(len(set(truth.patients[column == kind])) for kind in (0, 1))
        for name, column in zip(truth.label_names, truth.labels.T, strict=True)
    }
    few = [f"{name} {count}" for name, count in counts.items() if 0 < count < ENOUGH_PATIENTS]
    if not few:
        return []
    return [
        f"fewer than {ENOUGH_PATIENTS} patients with or without a finding, whose own intervals are"
        f" too narrow: {', '.join(few)}"
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
