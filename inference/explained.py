"""Explained images: decisions, raw heatmaps and keypoints, a few images in memory at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from datasets import image_files
from datasets.image_stream import ImageFile
from datasets.images import SIDES, Images, Skipped
from features.local_descriptors import LocalDescriptors, LocalFeatures
from file_names import file_names
from inference.cached_features import CachedFeatures
from inference.heatmaps import Heatmaps, keypoints_of
from inference.image_loop import WINDOW, Window, windows
from inference.label_decisions import Decision, decisions
from inference.working_bundle import NOTHING, Ready, WorkingBundle
from models.bundle import Findings
from models.views import Views

# Chooses the columns of labels to show for one image by its findings.
ColumnsOf = Callable[[Images, Findings], Sequence[int]]


@dataclass(frozen=True)
class Explained:
    """One image: its plane (h, w) and k decisions, with boxes (m, 4) in fractions of the image.

    Raw maps (k, h, w) by kind and keypoints by extractor cover the image letterboxed to a square.
    File names begin with `stem`; `names` are those of each decision. `weightless` are kinds of
    features that have weight 0 in the model; `placeless` are extractors without a place.
    """

    stem: str
    names: Sequence[str]
    plane: np.ndarray
    decisions: Sequence[Decision]
    boxes: Sequence[np.ndarray]
    maps: dict[str, np.ndarray]
    keypoints: dict[str, LocalDescriptors]
    warnings: tuple[str, ...] = ()
    weightless: tuple[str, ...] = ()
    placeless: tuple[str, ...] = ()


class Described(NamedTuple):
    """One image made ready in a thread: decoded and described once for features and heatmaps."""

    plane: np.ndarray
    keypoints: dict[str, LocalDescriptors]
    ready: Ready


def described(
    working: WorkingBundle, plane: np.ndarray, known: Mapping[str, np.ndarray] = NOTHING
) -> Described:
    """A grey plane with its keypoints; features that are known are not computed again."""
    keypoints = keypoints_of(working.extractors, plane)
    encoded = {
        name: extractor.encoded(keypoints[name])
        for name, extractor in working.extractors.items()
        if isinstance(extractor, LocalFeatures) and name not in known
    }
    return Described(plane, keypoints, working.prepare(plane, {**known, **encoded}))


def explained(
    heatmaps: Heatmaps,
    working: WorkingBundle,
    images: Images,
    columns_of: ColumnsOf,
    jobs: int,
    cached: CachedFeatures | None = None,
) -> Iterator[Explained | Skipped]:
    """Each image in order, with the labels that `columns_of` chooses by its findings."""
    names = list(names_of(images.ids, working.bundle.labels))

    def make(file: ImageFile, known: dict[str, np.ndarray]) -> Described:
        return described(working, image_files.plane_of(file.decoded, file.path), known)

    for window in windows(images, make, jobs, cached, WINDOW):
        for row, image in _in_window(heatmaps, working, images, columns_of, window):
            if isinstance(image, Explained):
                stem, by_label = names[row]
                own = [
                    by_label[working.bundle.labels.index(each.label)] for each in image.decisions
                ]
                yield replace(image, stem=stem, names=own)
            else:
                yield image


def _in_window(
    heatmaps: Heatmaps,
    working: WorkingBundle,
    images: Images,
    columns_of: ColumnsOf,
    window: Window[Described],
) -> Iterator[tuple[int, Explained | Skipped]]:
    """Each image of a window by its row; features and findings are computed together."""
    rows = list(window.made)
    if rows:
        ready = [each.ready for each in window.made.values()]
        views = working.joined(ready, images.meta.iloc[rows])
        findings = working.findings(views)
    for row in window.rows:
        if row in window.unread:
            yield row, Skipped(images.ids[row], window.unread[row])
            continue
        here = np.array([rows.index(row)])
        image, own = images.select(np.arange(len(images)) == row), findings.rows(here)
        shown = window.made[row], views.select(here), own, columns_of(image, own)
        yield row, image_explained(heatmaps, image, *shown)


def image_explained(
    heatmaps: Heatmaps,
    image: Images,
    seen: Described,
    views: Views,
    findings: Findings,
    columns: Sequence[int],
) -> Explained:
    """One image with the labels of its columns."""
    maps, attribution = heatmaps.evidence(seen.plane, seen.keypoints, views, columns)
    made = decisions(image, 0, heatmaps.bundle, findings, columns, attribution)
    boxes = [boxes_of(image, each.image, each.label) for each in made]
    ((stem, names),) = names_of(image.ids, [each.label for each in made])
    weightless = heatmaps.bundle.classifier.weightless
    known = {"weightless": weightless, "placeless": heatmaps.placeless}
    return Explained(stem, names, seen.plane, made, boxes, maps, seen.keypoints, **known)


def boxes_of(images: Images, image: str, label: str) -> np.ndarray:
    """Boxes (m, 4) of a label in an image: x, y, width, height as fractions of the image."""
    here = (images.boxes["id"] == image) & (images.boxes["label"] == label)
    return images.boxes.loc[here, SIDES].to_numpy(float)


def stems(ids: Iterable[str]) -> list[str]:
    """A file name for each image, without its extension."""
    return file_names(str(Path(image).with_suffix("")) for image in ids)


def names_of(ids: Iterable[str], labels: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """For each image a file name, and one for each of its labels."""
    image_stems = stems(ids)
    names = iter(file_names(f"{stem}-{label}" for stem in image_stems for label in labels))
    for stem in image_stems:
        yield stem, [*islice(names, len(labels))]
