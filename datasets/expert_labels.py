"""Google's labels of NIH images: four findings that radiologists read again, in 2019."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

import checks
from datasets.images import TEST, Images
from datasets.options import Reading
from datasets.tables import need_column, read_table
from errors import BadTable

# The labels of reports that come nearest to each finding; none reports fractures.
NEAREST: dict[str, tuple[str, ...]] = {
    "Fracture": (),
    "Pneumothorax": ("Pneumothorax",),
    "Airspace opacity": ("Consolidation", "Infiltration"),
    "Nodule or mass": ("Nodule", "Mass"),
}
ANSWERS = {"YES": 1.0, "NO": 0.0, "": np.nan}
EXPERTS, REPORTS = TRUTHS = ("experts", "reports")


def applied(images: Images, options: Reading) -> Images:
    """The images with the labels that `--truth` chooses, and notes on how far both agree.

    With `experts`, training images that no expert read keep the nearest labels of reports; other
    such images have no labels, so nothing is evaluated on them.
    """
    checks.one_of("--truth", options.truth, TRUTHS)
    if options.relabels is None:
        return images
    read = read_labels(Path(options.relabels), images)
    nearest = np.column_stack([of_reports(images, names) for names in NEAREST.values()])
    seen = ~np.isnan(read).all(axis=1)
    notes = [
        f"{options.relabels.name}: {seen.sum():,} of {len(images):,} images were read again",
        *_agreement(read, nearest),
    ]
    if options.truth == REPORTS:
        return replace(images, notes=(*images.notes, *notes, "truth: labels of reports"))
    kept = ~seen & (images.sets != "") & (images.sets != TEST)
    labels = np.where(kept[:, None], nearest, read)
    note = (
        f"truth: labels of experts; {kept.sum():,} other training images have those of reports"
        f" ({_described()}), {(~seen & ~kept).sum():,} other images have none"
    )
    return replace(
        images,
        labels=labels.astype(np.float32),
        label_names=tuple(NEAREST),
        notes=(*images.notes, *notes, note),
    )


def read_labels(path: Path, images: Images) -> np.ndarray:
    """The experts' labels (n, 4), NaN for images that are not in the table."""
    frame = read_table(path)
    image = need_column(frame, path, "Image Index", "Image ID", "image")
    columns = [need_column(frame, path, name) for name in NEAREST]
    answers = frame[columns].apply(lambda column: column.str.upper().map(ANSWERS.get))
    wrong = ~frame[columns].apply(lambda column: column.str.upper().isin(ANSWERS))
    if wrong.any(axis=None) or frame[image].duplicated().any():
        raise BadTable(
            f"{path} must have one row for each image, with YES or NO for each of"
            f" {', '.join(NEAREST)}; it has not. Name the table as Google published it."
        )
    labels = answers.astype(float).set_axis(frame[image], axis=0).reindex(images.ids)
    if labels.isna().all(axis=None):
        raise BadTable(
            f"--relabels must be of images of {images.source}; none of the {len(frame):,} rows of"
            f" {path} is. Name another file."
        )
    return labels.to_numpy()


def of_reports(images: Images, names: Sequence[str]) -> np.ndarray:
    """Whether reports have any of these findings (n,); NaN if there are no names."""
    columns = [images.label_names.index(name) for name in names if name in images.label_names]
    if not columns:
        return np.full(len(images), np.nan if not names else 0.0)
    return images.labels[:, columns].max(axis=1)


def _agreement(read: np.ndarray, nearest: np.ndarray) -> list[str]:
    """For each finding, how many images experts and reports agree on."""
    notes = []
    for name, experts, reports in zip(NEAREST, read.T, nearest.T, strict=True):
        both = ~np.isnan(experts) & ~np.isnan(reports)
        if both.any():
            experts, reports = experts[both] == 1, reports[both] == 1
            notes.append(
                f"{name}: experts and reports agree on {(experts == reports).sum():,} of"
                f" {both.sum():,} images; only experts see it in {(experts & ~reports).sum():,},"
                f" only reports in {(reports & ~experts).sum():,}"
            )
    return notes


def _described() -> str:
    return "; ".join(
        f"{finding}: {' or '.join(names) or 'not reported'}" for finding, names in NEAREST.items()
    )
