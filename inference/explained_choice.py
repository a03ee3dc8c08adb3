"""What `explain` shows: which images, in which order, with which labels."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from datasets import image_files
from datasets.image_stream import ImageFile
from datasets.images import Images, Skipped
from inference import wrong_calls
from inference.bundle_options import Explain
from inference.cached_features import CachedFeatures
from inference.image_loop import images_at_once, windows
from inference.images_to_explain import in_turn
from inference.label_decisions import columns_by_rule
from inference.working_bundle import Ready, WorkingBundle
from models.bundle import Bundle, Findings
from progress import track


class Chosen(NamedTuple):
    """Images to show, those that could not be read on the way, and why they come in this order."""

    images: Images
    skipped: Sequence[Skipped] = ()
    order: str = ""


class Decided(NamedTuple):
    """The images that can be read with their findings, and those that cannot be read."""

    images: Images
    findings: Findings
    skipped: Sequence[Skipped] = ()


def columns_shown(
    image: Images, findings: Findings, bundle: Bundle, asked: Sequence[int], wrong: bool
) -> Sequence[int]:
    """The columns to show of one image: those asked for, its wrong calls, or those of RULE."""
    if asked:
        return asked
    columns = columns_by_rule(image, bundle, findings)
    if wrong:
        away = wrong_calls.distances(image, bundle, findings, asked)
        columns = wrong_calls.columns(away, columns)
    return columns[0]


def wrong_first(decided: Decided, bundle: Bundle, asked: list[int], options: Explain) -> Chosen:
    """The images with the worst wrong calls first, at most `--n-images` of a data set."""
    images, findings, skipped = decided
    if not len(images):
        return Chosen(images, skipped)
    away = wrong_calls.distances(images, bundle, findings, asked)
    order = in_turn(images, [bundle.labels[column] for column in asked])
    rows = wrong_calls.first(away, order)[: None if options.image else options.n_images]
    return Chosen(images.select(rows), skipped, wrong_calls.counted(away))


def decided_images(
    working: WorkingBundle, images: Images, jobs: int, cached: CachedFeatures | None = None
) -> Decided:
    """The findings of all images; only those of a few images are in memory with their pixels."""

    def make(file: ImageFile, known: dict[str, np.ndarray]) -> Ready:
        return working.prepare(image_files.plane_of(file.decoded, file.path), known)

    at_once = images_at_once(working)
    rows: list[int] = []
    skipped: list[Skipped] = []
    findings = [Findings(*np.empty((3, 0, len(working.bundle.labels))))]
    work = windows(images, make, jobs, cached, at_once)
    for window in track(work, "predicting", -(-len(images) // at_once), "batches"):
        skipped += [Skipped(images.ids[row], reason) for row, reason in window.unread.items()]
        here = list(window.made)
        if here:
            views = working.joined(list(window.made.values()), images.meta.iloc[here])
            findings.append(working.findings(views))
            rows += here
    together = Findings(*map(np.concatenate, zip(*findings, strict=True)))
    return Decided(images.select(np.array(rows, int)), together, skipped)
