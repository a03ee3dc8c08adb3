"""What a report is about and how to repeat it: images, split, labels, configuration, versions."""

import platform
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from datasets.images import Images
from datasets.label_names import near_misses
from datasets.options import PLACES, VERSION, command_of
from evaluation.truth import Truth
from reports.report_tree import Count, Data, Provenance

PACKAGES = {
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "xgboost": ("xgboost", "xgboost-cpu"),
    "opencv": (
        *("opencv-contrib-python-headless", "opencv-python-headless"),
        *("opencv-contrib-python", "opencv-python"),
    ),
}


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
        versions={"hybrid-cxr": VERSION, "python": platform.python_version()}
        | {library: version_of(library) for library in libraries},
    )


def version_of(library: str) -> str:
    """The version of a library; some have a package of another name for each kind of machine."""
    for package in PACKAGES.get(library, (library,)):
        with suppress(PackageNotFoundError):
            return version(package)
    return "unknown"


def data_of(images: Images, truth: Truth, notes: Sequence[str]) -> Data:
    """The images evaluated, counted, and where they come from."""
    return Data(
        source=images.source,
        images=len(truth.ids),
        patients=len(np.unique(truth.owners)),
        patients_from=images.patients_from,
        labelled_images=len(images),
        notes=[*notes, *near_misses(truth.label_names)],
        unit=images.unit,
    )


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
