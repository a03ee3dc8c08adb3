"""Films explained: decisions, raw maps and keypoints, one film in memory at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from datasets import image_files
from datasets.images import SIDES, Images
from features.local_descriptors import LocalDescriptors
from file_names import file_names
from inference.heatmaps import Heatmaps
from inference.label_decisions import Decision, decisions
from models.bundle import Findings
from models.views import Views


@dataclass(frozen=True)
class Explained:
    """One film: its plane (h, w) and k decisions, each with boxes (m, 4) in fractions of the film.

    Raw maps (k, h, w) by kind and keypoints by extractor are over the film's letterboxed square;
    `stem` is what its files are named by, `names` what those of each decision are. `weightless` are
    kinds of views that have weight 0 in the model.
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


def explained(
    heatmaps: Heatmaps,
    images: Images,
    views: Views,
    found: Findings,
    columns: Sequence[Sequence[int]],
) -> Iterator[Explained]:
    """Every film with the labels of its columns."""
    labels = [[heatmaps.bundle.labels[column] for column in asked] for asked in columns]
    for row, (stem, names) in enumerate(names_of(images.ids, labels)):
        alone = np.arange(len(images)) == row
        told = Findings(*(values[alone] for values in found))
        seen, plane = views.select(np.array([row])), image_files.read(images.paths[row])
        image = image_explained(heatmaps, images.select(alone), plane, seen, told, columns[row])
        yield replace(image, stem=stem, names=names)


def image_explained(
    heatmaps: Heatmaps,
    image: Images,
    plane: np.ndarray,
    views: Views,
    found: Findings,
    columns: Sequence[int],
) -> Explained:
    """One film of a known plane with the labels of its columns."""
    maps, attribution, keypoints = heatmaps.evidence(plane, views, columns)
    told = decisions(image, 0, heatmaps.bundle, found, columns, attribution)
    boxes = [boxes_of(image, each.image, each.label) for each in told]
    ((stem, names),) = names_of(image.ids, [[each.label for each in told]])
    weightless = heatmaps.bundle.classifier.weightless
    return Explained(stem, names, plane, told, boxes, maps, keypoints, weightless=weightless)


def boxes_of(images: Images, image: str, label: str) -> np.ndarray:
    """Boxes (m, 4) of a label on a film: x, y, width and height in fractions of the film."""
    here = (images.boxes["id"] == image) & (images.boxes["label"] == label)
    return images.boxes.loc[here, SIDES].to_numpy(float)


def stems(ids: Iterable[str]) -> list[str]:
    """A name for the files of each film, without the ending of its own."""
    return file_names(str(Path(image).with_suffix("")) for image in ids)


def names_of(
    ids: Iterable[str], labels: Sequence[Sequence[str]]
) -> Iterator[tuple[str, Sequence[str]]]:
    """For each film the name of its files, and of those of each of its labels."""
    found = stems(ids)
    pairs = zip(found, labels, strict=True)
    names = iter(file_names(f"{stem}-{label}" for stem, told in pairs for label in told))
    for stem, told in zip(found, labels, strict=True):
        yield stem, [*islice(names, len(told))]
