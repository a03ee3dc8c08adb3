"""Read a folder of images in any layout, and attach a checked split."""

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import checks
import inputs
import registry
from datasets import (
    corrections,
    label_files,
    label_names,
    patients,
    readers,
    splits,
    tables,
    tasks,
    vocabulary,
)
from datasets.files import find_images, near_miss
from datasets.image_files import PLAIN
from datasets.images import NO_FILE, Images
from datasets.labels import read_policy
from datasets.options import OF_FORMATS, Reading
from errors import DatasetNotFound, InvalidOption

SYNTHETIC = "SYNTHETIC.txt"
# Layouts that are tried last, if no label table with a known name is there.
LAST = DICOM, FOLDERS = ("dicom", "folders")
TABLE = "ground_truth"
OF_TABLES = (TABLE, DICOM)
# Layouts whose labels the user named.
NAMED_BY_USERS = (TABLE, DICOM, FOLDERS)
# Layouts whose readers look up what reports name, in `--map` too.
NAMED_IN_REPORTS = ("padchest", "openi")
NAMED_VIEWS = 5
VIEWS = {
    "all": None,
    "frontal": ("PA", "AP", "AP_HORIZONTAL", "FRONTAL"),
    "lateral": ("LATERAL",),
    "PA": ("PA",),
    "AP": ("AP", "AP_HORIZONTAL"),
}


def load(options: Reading) -> Images:
    """The images of a folder, selected and labelled as the options say, with a checked split."""
    images, root = _labelled(options)
    return _noted(splits.resolve(images, options.split, options.seed), root)


def load_whole(options: Reading) -> Images:
    """All images of a folder, selected and labelled as the options say, without a split."""
    images, root = _labelled(options)
    return _noted(replace(images, split=None), root)


def _labelled(options: Reading) -> tuple[Images, Path]:
    """The images of a folder with the split that the data set comes with, and the folder."""
    root = options.data
    if root is None or not root.is_dir():
        raise DatasetNotFound(
            f"--data must be a folder with images; there is no folder {root}. Check the path, or"
            " leave --data out to use the synthetic images."
        )
    checks.at_least("--seed", options.seed, 0)
    checks.one_of("--task", options.task, tasks.TASKS)
    with tables.noting() as read:
        images = reader_for(root, options).load(root, options)
    _check_rare(options, images.format)
    if images.format in NAMED_BY_USERS:
        notes = vocabulary.misspelled(images.label_names, images.format)
    else:
        notes = label_files.not_read(root, read)
    images = replace(images, synthetic=(root / SYNTHETIC).is_file(), notes=(*images.notes, *notes))
    if images.format not in NAMED_IN_REPORTS:
        images = vocabulary.renamed(images, options.map)
    _check_policies(options, images.label_names)
    images = corrections.applied(images, options.corrections, options.task)
    missing = [image.id for image in images.skipped if image.reason == NO_FILE]
    if not len(images):
        raise DatasetNotFound(
            f"A data set needs images; none of the {len(images.skipped):,} rows of the label table"
            f" in {root} has an image file{_instead(root, missing)}. Check the folder, or read only"
            " the table with --no-images."
        )
    images = replace(images, notes=(*images.notes, *_near_misses(root, missing)))
    images = _with_findings(_with_views(images, options.views), options.findings)
    images = tasks.resolved(images, options.task)
    return patients.resolved(images, options.patient_pattern), root


def _check_rare(options: Reading, layout: str) -> None:
    """Refuse an option that other formats have."""
    for item in fields(Reading):
        formats = OF_FORMATS.get(item.name)
        if formats and layout not in formats and getattr(options, item.name) != item.default:
            raise InvalidOption(
                f"--{item.name.replace('_', '-')} is for --format {' or '.join(formats)}; this data"
                f" set has the format {layout}. Leave the option out."
            )


def _noted(images: Images, root: Path) -> Images:
    """The images, after a running command has noted what is known about them."""
    if inputs.is_watched():
        known = {
            "list of images": map(str, images.ids),
            "labels": [*images.label_names, images.labels.tobytes().hex()],
            "patients": map(str, images.patients),
            "split": map(str, images.sets),
            "metadata": [images.meta.to_csv(index=False)],
        }
        for aspect, texts in known.items():
            content = "\n".join(texts).encode(errors="surrogatepass")
            what = f"The {aspect} of {root}"
            inputs.note(inputs.DATA, f"{images.source}: {aspect}", content, what)
    return images


def _instead(root: Path, missing: list[str]) -> str:
    if not missing:
        return ""
    image = next(iter(find_images(root)), None)
    there = f"an image there is {image.relative_to(root)}" if image else "there are no images"
    return f" (the first id is {missing[0]!r}, and {near_miss(root, missing) or there})"


def _near_misses(root: Path, missing: list[str]) -> tuple[str, ...]:
    near = near_miss(root, missing) if missing else ""
    return (f"{len(missing):,} images have no file; {near}",) * bool(near)


def reader_for(root: Path, options: Reading) -> Any:
    """The reader of the chosen format; for auto, the first that recognises the folder."""
    layout = options.format
    if layout != "auto":
        reader = registry.load(readers, layout)
        if options.label_table and layout not in OF_TABLES:
            raise InvalidOption(
                f"--label-table needs --format {' or '.join(OF_TABLES)}; got --format {layout}."
                " Leave one of the two out."
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
        f"A data set must have one of the layouts {', '.join(layouts)}; {root} has none of them"
        f" (it contains {seen}). Compare it with docs/datasets.md, or choose one with --format."
    )


def _check_policies(options: Reading, names: tuple[str, ...]) -> None:
    # A table without uncertain and blank labels is read without using the policies.
    for policy in (options.uncertain, options.blank)[: 1 if options.blank == "auto" else 2]:
        read_policy(policy, names)


def _with_views(images: Images, views: str) -> Images:
    checks.one_of("--views", views, VIEWS)
    if VIEWS[views] is None:
        return images
    known = images.meta["view"]
    kept = known.isin(VIEWS[views]).to_numpy()
    # Where laterals are marked, an image without a view may be one.
    if views == "frontal" and not known.isin(VIEWS["lateral"]).any():
        kept = kept | (known == "").to_numpy()
    if not kept.any():
        there = sorted({view or "not known" for view in images.meta["view"]})
        raise DatasetNotFound(
            f"--views must match images; none of {len(images):,} in {images.source} is {views}"
            f" (views: {', '.join(there[:NAMED_VIEWS])}). Choose another, or leave --views out."
        )
    note = (
        f"views: only {views} ({_counted(known[kept])}); {(~kept).sum():,} other images left out"
        f" ({_counted(known[~kept])})"
    )
    return replace(images.select(kept), notes=(*images.notes, note))


def _counted(views: pd.Series) -> str:
    """`PA 24,470, AP 620`, the most common first."""
    counts = views.replace("", "not known").value_counts()
    return ", ".join(f"{view} {count:,}" for view, count in counts.items()) or "none"


def _with_findings(images: Images, findings: str) -> Images:
    asked = label_names.chosen("--findings", findings, images.label_names, images.source)
    if not asked:
        return images
    columns = np.array([images.label_names.index(name) for name in asked])
    return replace(images, labels=images.labels[:, columns], label_names=tuple(asked))
