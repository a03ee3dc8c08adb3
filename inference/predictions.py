"""What a bundle says of films: a finding for each label, and what to be wary of."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import NamedTuple

import numpy as np
import pandas as pd

from arrays import plain
from datasets.image_files import Decoded
from datasets.image_stream import ImageFile, each_image, image_threads
from datasets.images import Images
from errors import ImageUnreadable, InvalidOption
from features.extractor import is_network
from inference.image_warnings import warnings_of
from inference.working_bundle import WorkingBundle
from models.bundle import Findings

# A whole number of a network's batches on a processor; several GPUs are given more.
WINDOW = 32


@dataclass(frozen=True)
class Finding:
    """One label of one film.

    `probability` is calibrated. `present` is None, not decided, where the label has no `threshold`:
    choosing one takes a validation image with the finding. `spread` is there if it was asked for.
    """

    label: str
    probability: float
    raw_probability: float
    threshold: float | None
    present: bool | None
    spread: float | None = None


@dataclass(frozen=True)
class Prediction:
    """A film's findings; none where it could not be read, as `skipped` says."""

    id: str
    findings: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()
    skipped: str = ""


class Prepared(NamedTuple):
    """A film made ready in a thread: itself and its augmentations, by extractor."""

    versions: list[dict[str, np.ndarray]]
    warnings: tuple[str, ...]


def check_augmentations(times: int) -> None:
    """Refuse numbers of augmentations that have no spread."""
    if times < 0 or times == 1:
        raise InvalidOption(f"--tta must be 0, or at least 2 to have a spread; got {times}.")


def prepared(
    working: WorkingBundle,
    data: bytes,
    image: Decoded,
    tta: int = 0,
    wanted: Callable[[], bool] = lambda: True,
) -> Prepared:
    """An image's bytes, decoded, made ready; any thread may do so beside others.

    Once it is no longer `wanted`, no further augmentation is started.
    """
    plane = image.plane
    versions = [working.prepare(plane)]
    if tta:
        # TensorFlow takes seconds to import, and not every bundle needs it.
        from models.test_time_augmentation import augmented_planes

        planes = takewhile(lambda _: wanted(), augmented_planes(plane, tta))
        versions += map(working.prepare, planes)
    words = {name: versions[0][name] for name in working.words}
    return Prepared(versions, warnings_of(data, image, words))


def predictions(
    working: WorkingBundle,
    ids: Sequence[str],
    images: Sequence[Prepared],
    meta: pd.DataFrame | None = None,
) -> list[Prediction]:
    """What is said of n films that are ready, at least one, with `meta` as for `views`."""
    found, *others = (
        working.findings(working.joined(version, meta))
        for version in zip(*(image.versions for image in images), strict=True)
    )
    spread = np.std([each.calibrated for each in others], axis=0) if others else None
    return [
        Prediction(name, _findings(working, row, found, spread), image.warnings)
        for row, (name, image) in enumerate(zip(ids, images, strict=True))
    ]


def stream(working: WorkingBundle, images: Images, tta: int, jobs: int) -> Iterator[Prediction]:
    """What is said of each film, in order, with a window of them in memory at a time."""
    check_augmentations(tta)

    def use(row: int, file: ImageFile) -> Prepared:
        return prepared(working, file.data, file.decoded, tta)

    with image_threads(jobs) as pool:
        at_once = _images_at_once(working)
        rows = range(len(images))
        ready = each_image(pool, rows, images.paths.__getitem__, use, 2 * at_once)
        while window := dict(islice(ready, at_once)):
            yield from _window(working, images, window)


def _images_at_once(working: WorkingBundle) -> int:
    """A window that keeps every device busy with each network."""
    networks = filter(is_network, working.extractors.values())
    return max([WINDOW, *(network.images_at_once for network in networks)])


def _window(
    working: WorkingBundle, images: Images, window: dict[int, Prepared | ImageUnreadable]
) -> Iterator[Prediction]:
    ready = {row: image for row, image in window.items() if isinstance(image, Prepared)}
    rows = list(ready)
    found = {}
    if rows:
        meta = images.meta.iloc[rows]
        told = predictions(working, images.ids[rows].tolist(), list(ready.values()), meta)
        found = dict(zip(rows, told, strict=True))
    for row, image in window.items():
        yield found[row] if row in found else Prediction(images.ids[row], skipped=str(image))


def _findings(
    working: WorkingBundle, row: int, found: Findings, spread: np.ndarray | None
) -> tuple[Finding, ...]:
    thresholds = working.bundle.thresholds
    return tuple(
        Finding(
            label=label,
            probability=float(found.calibrated[row, column]),
            raw_probability=float(found.raw[row, column]),
            threshold=plain(thresholds[column]),
            present=found.present[row, column],
            spread=None if spread is None else float(spread[row, column]),
        )
        for column, label in enumerate(working.bundle.labels)
    )
