"""From a folder to films under a split: the one door into this room."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import checks
import registry
from datasets import label_files, label_names, patients, readers, splits
from datasets.files import find_images, near_miss
from datasets.image_files import PLAIN
from datasets.images import NO_FILE, Images
from datasets.labels import read_policy
from datasets.options import Reading
from errors import DatasetNotFound, InvalidOption

SYNTHETIC = "SYNTHETIC.txt"
# What is left when no label table of a known name is found.
LAST = DICOM, FOLDERS = ("dicom", "folders")
TABLE = "ground_truth"
OF_TABLES = (TABLE, DICOM)
NAMED_VIEWS = 5
VIEWS = {
    "all": None,
    "frontal": ("PA", "AP", "FRONTAL", ""),
    "lateral": ("LATERAL",),
    "PA": ("PA",),
    "AP": ("AP",),
}


def load(options: Reading) -> Images:
    """The films of a folder as the options ask, under a checked split."""
    root = options.data
    if root is None or not root.is_dir():
        raise DatasetNotFound(
            f"--data must be a folder with films; there is none at {root}. Check the path, or leave"
            " it out for the drawn films."
        )
    checks.at_least("--seed", options.seed, 0)
    images = reader_for(root, options).load(root, options)
    images = replace(images, synthetic=(root / SYNTHETIC).is_file())
    _check_policies(options, images.label_names)
    missing = [image.id for image in images.skipped if image.reason == NO_FILE]
    if not len(images):
        raise DatasetNotFound(
            f"A data set needs images; of {len(images.skipped):,} rows of the label table in {root}"
            f" none has a file{_instead(root, missing)}. Check the folder, or read the table alone"
            " with --no-images."
        )
    images = replace(images, notes=(*images.notes, *_near_misses(root, missing)))
    images = _with_findings(_with_views(images, options.views), options.findings)
    images = patients.resolved(images, options.patient_pattern)
    return splits.resolve(images, options.split, options.seed)


def _instead(root: Path, missing: list[str]) -> str:
    if not missing:
        return ""
    image = next(iter(find_images(root)), None)
    there = f"an image there is {image.relative_to(root)}" if image else "there are no images"
    return f" ({missing[0]!r} was looked for, and {near_miss(root, missing) or there})"


def _near_misses(root: Path, missing: list[str]) -> tuple[str, ...]:
    near = near_miss(root, missing) if missing else ""
    return (f"{len(missing):,} images have no file; {near}",) * bool(near)


def reader_for(root: Path, options: Reading) -> Any:
    """The reader of that format, or for auto the first that knows the folder."""
    layout = options.format
    if layout != "auto":
        reader = registry.load(readers, layout)
        if options.label_table and layout not in OF_TABLES:
            raise InvalidOption(
                f"--label-table is for the layouts {' and '.join(OF_TABLES)}; got --format"
                f" {layout}. Leave one of the two out."
            )
        return reader
    if options.label_table:
        return registry.load(readers, DICOM if _only_dicoms(root) else TABLE)
    ordered = sorted(registry.names(readers), key=lambda name: (name in LAST, name))
    known = (name for name in ordered if registry.load(readers, name).recognises(root))
    chosen = next(known, "")
    if chosen in ("", FOLDERS) and label_files.before_folders(root, options):
        chosen = TABLE
    if not chosen:
        raise DatasetNotFound(_unknown(root, ordered))
    return registry.load(readers, chosen)


def _only_dicoms(root: Path) -> bool:
    images = find_images(root)
    return bool(images) and not any(path.name.lower().endswith(PLAIN) for path in images)


def _unknown(root: Path, layouts: list[str]) -> str:
    seen = ", ".join(sorted(path.name for path in root.iterdir())[:5]) or "nothing"
    return (
        f"A data set must be in one of the layouts {', '.join(layouts)}; {root} is in none of them"
        f" (it holds {seen}). See the README's table of layouts, or name one with --format."
    )


def _check_policies(options: Reading, names: tuple[str, ...]) -> None:
    # Where a table leaves nothing open nobody has looked at the policies.
    for policy in (options.uncertain, options.blank)[: 1 if options.blank == "auto" else 2]:
        read_policy(policy, names)


def _with_views(images: Images, views: str) -> Images:
    checks.one_of("--views", views, VIEWS)
    if VIEWS[views] is None:
        return images
    kept = images.meta["view"].isin(VIEWS[views]).to_numpy()
    if not kept.any():
        there = sorted({view or "not known" for view in images.meta["view"]})
        raise DatasetNotFound(
            f"--views must leave images; of {len(images):,} in {images.source} none is {views}"
            f" (views there: {', '.join(there[:NAMED_VIEWS])}). Name another, or leave --views out."
        )
    note = f"views: {views} only, {(~kept).sum():,} other films left out"
    return replace(images.select(kept), notes=(*images.notes, note))


def _with_findings(images: Images, findings: str) -> Images:
    asked = label_names.chosen("--findings", findings, images.label_names, images.source)
    if not asked:
        return images
    columns = np.array([images.label_names.index(name) for name in asked])
    return replace(images, labels=images.labels[:, columns], label_names=tuple(asked))
