"""From a folder to films under a split: the one door into this room."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import checks
import registry
from datasets import label_names, patients, readers, splits
from datasets.films import Films
from datasets.labels import read_policy
from datasets.options import Reading
from errors import DatasetNotFound

SYNTHETIC = "SYNTHETIC.txt"
# What is left when no label table of a known name is found.
LAST = ("dicom", "folders")
NAMED_VIEWS = 5
VIEWS = {
    "all": None,
    "frontal": ("PA", "AP", "FRONTAL", ""),
    "lateral": ("LATERAL",),
    "PA": ("PA",),
    "AP": ("AP",),
}


def load(options: Reading) -> Films:
    """The films of a folder as the options ask, under a checked split."""
    root = options.data
    if root is None or not root.is_dir():
        raise DatasetNotFound(
            f"--data must be a folder with films; there is none at {root}. Check the path, or leave"
            " it out for the drawn films."
        )
    checks.at_least("--seed", options.seed, 0)
    films = reader_for(root, options.format).load(root, options)
    films = replace(films, synthetic=(root / SYNTHETIC).is_file())
    _check_policies(options, films.label_names)
    if not len(films):
        raise DatasetNotFound(
            f"A data set needs films; {root} has a label table for {len(films.skipped):,} and an"
            " image file for none. Check the folder, or read the table alone with --no-images."
        )
    films = _with_findings(_with_views(films, options.views), options.findings)
    films = patients.resolved(films, options.patient_pattern)
    return splits.resolve(films, options.split, options.seed)


def reader_for(root: Path, layout: str) -> Any:
    """The reader by that name, or for auto the first that knows the folder."""
    if layout != "auto":
        return registry.load(readers, layout)
    ordered = sorted(registry.names(readers), key=lambda name: (name in LAST, name))
    for name in ordered:
        reader = registry.load(readers, name)
        if reader.recognises(root):
            return reader
    seen = ", ".join(sorted(path.name for path in root.iterdir())[:5]) or "nothing"
    raise DatasetNotFound(
        f"A data set must be in one of the layouts {', '.join(ordered)}; {root} is in none of them"
        f" (it holds {seen}). See the README's table of layouts, or name one with --format."
    )


def _check_policies(options: Reading, names: tuple[str, ...]) -> None:
    # Where a table leaves nothing open nobody has looked at the policies.
    for policy in (options.uncertain, options.blank)[: 1 if options.blank == "auto" else 2]:
        read_policy(policy, names)


def _with_views(films: Films, views: str) -> Films:
    checks.one_of("--views", views, VIEWS)
    if VIEWS[views] is None:
        return films
    kept = films.meta["view"].isin(VIEWS[views]).to_numpy()
    if not kept.any():
        there = sorted({view or "not known" for view in films.meta["view"]})
        raise DatasetNotFound(
            f"--views must leave films; of {len(films):,} in {films.source} none is {views} (views"
            f" there: {', '.join(there[:NAMED_VIEWS])}). Name another, or leave --views out."
        )
    note = f"views: {views} only, {(~kept).sum():,} other films left out"
    return replace(films.select(kept), notes=(*films.notes, note))


def _with_findings(films: Films, findings: str) -> Films:
    asked = label_names.chosen("--findings", findings, films.label_names, films.source)
    if not asked:
        return films
    columns = np.array([films.label_names.index(name) for name in asked])
    return replace(films, labels=films.labels[:, columns], label_names=tuple(asked))
