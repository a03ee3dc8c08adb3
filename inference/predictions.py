"""Predictions of a bundle: a finding for each label of an image, and warnings about it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

import numpy as np
import pandas as pd

from arrays import plain
from datasets.image_files import Decoded
from datasets.image_statistics import (
    EVEN,
    UNMEASURED,
    ImageStatistics,
    layout_of,
    statistics_of,
)
from datasets.image_stream import ImageFile
from datasets.images import Images
from errors import InvalidOption
from features.recipe import digest
from inference import drift_watch
from inference.cached_features import CachedFeatures
from inference.image_loop import Window, images_at_once, windows
from inference.image_warnings import warnings_of
from inference.working_bundle import NOTHING, Ready, WorkingBundle, bounds_of
from models.bundle import Findings
from models.test_time_augmentation import check_augmentations, moves
from models.training_reference import Observed, by_label, with_layouts
from models.views import Views

NOT_OBSERVED = Observed()


@dataclass(frozen=True)
class Finding:
    """The prediction for one label of one image.

    `probability` is calibrated. `present` is None, not decided, where the label has no `threshold`,
    since no validation image had the finding. `answer` (present, absent or cannot say) is given
    where the bundle abstains. With augmentations, probabilities are means over the image and its
    augmented versions, and `spread` is their standard deviation over versions.
    """

    label: str
    probability: float
    raw_probability: float
    threshold: float | None
    present: bool | None
    spread: float | None = None
    answer: str | None = None


@dataclass(frozen=True)
class Prediction:
    """The findings of an image; none if it could not be read, for the reason in `skipped`.

    `predicted` is the most probable of exclusive classes; None where labels are independent.
    `observed` is what is compared with the training images, nothing if the bundle cannot compare.
    """

    id: str
    findings: tuple[Finding, ...] = ()
    warnings: tuple[str, ...] = ()
    skipped: str = ""
    predicted: str | None = None
    observed: Observed = NOT_OBSERVED


class Prepared(NamedTuple):
    """An image made ready in a thread, followed by its augmented versions."""

    versions: list[Ready]
    warnings: tuple[str, ...]
    statistics: ImageStatistics = UNMEASURED
    layout: np.ndarray = EVEN


def prepared(
    working: WorkingBundle,
    data: bytes,
    image: Decoded,
    tta: int = 0,
    wanted: Callable[[], bool] = lambda: True,
    known: Mapping[str, np.ndarray] = NOTHING,
) -> Prepared:
    """An image's bytes, decoded, made ready; features that are known are not computed again.

    Any thread may call this beside others. Once the image is no longer `wanted`, no further
    augmentation is started.
    """
    versions = [working.prepare(image.plane, known)]
    if tta:
        # Random numbers of an image depend on its file, as in `train` and `compare`.
        own = digest(data)
        chosen = takewhile(lambda _: wanted(), moves(tta))
        versions += (working.prepare(move(image.plane, "", own)) for move in chosen)
    words = {name: versions[0].features[name] for name in working.words}
    made = Prepared(versions, warnings_of(data, image, words))
    if not working.bundle.reference:
        return made
    return made._replace(statistics=statistics_of(image.plane), layout=layout_of(image.plane))


def predictions(
    working: WorkingBundle,
    ids: Sequence[str],
    images: Sequence[Prepared],
    meta: pd.DataFrame | None = None,
) -> list[Prediction]:
    """The predictions of n images that are ready, at least one, with `meta` as for `views`."""
    first, *altered = zip(*(image.versions for image in images), strict=True)
    views = working.joined(first, meta)
    plain_findings = working.findings(views)
    others = [working.findings(working.joined(version, meta)) for version in altered]
    found, spread = working.bundle.averaged([plain_findings, *others])
    observed = _observed(working, images, views, plain_findings)
    return [
        Prediction(
            name,
            _findings(working, row, found, spread, len(altered)),
            image.warnings + drift_watch.warnings_of(working.bundle.reference, seen.distance),
            predicted=working.bundle.class_of(found.present[row]),
            observed=seen,
        )
        for row, (name, image, seen) in enumerate(zip(ids, images, observed, strict=True))
    ]


def stream(
    working: WorkingBundle,
    images: Images,
    tta: int,
    jobs: int,
    cached: CachedFeatures | None = None,
) -> Iterator[Prediction]:
    """The findings of each image in order; cached features are used where there are any."""
    check_augmentations(tta)
    if working.abstain:
        bounds_of(working.bundle, working.abstain, tta)
    if tta and working.from_files:
        raise InvalidOption(
            "--tta needs features that can be computed from augmented images; those of"
            f" {' and '.join(working.from_files)} come from a file. Leave --tta out."
        )

    def make(file: ImageFile, known: dict[str, np.ndarray]) -> Prepared:
        return prepared(working, file.data, file.decoded, tta, known=known)

    for window in windows(images, make, jobs, cached, images_at_once(working)):
        yield from _window(working, images, window)


def _window(
    working: WorkingBundle, images: Images, window: Window[Prepared]
) -> Iterator[Prediction]:
    rows = list(window.made)
    made: list[Prediction] = []
    if rows:
        meta = images.meta.iloc[rows]
        made = predictions(working, images.ids[rows].tolist(), list(window.made.values()), meta)
    by_row = dict(zip(rows, made, strict=True))
    for row in window.rows:
        yield by_row.get(row) or Prediction(images.ids[row], skipped=window.unread[row])


def _observed(
    working: WorkingBundle, images: Sequence[Prepared], views: Views, findings: Findings
) -> Sequence[Observed]:
    """What is compared of each image with the training images."""
    reference = working.bundle.reference
    if not reference:
        return [NOT_OBSERVED] * len(images)
    statistics = [image.statistics for image in images]
    views = with_layouts(views, [image.layout for image in images])
    return reference.observed(statistics, views, by_label(working.bundle.labels, findings.raw))


def _findings(
    working: WorkingBundle, row: int, findings: Findings, spread: np.ndarray | None, tta: int
) -> tuple[Finding, ...]:
    thresholds = working.bundle.thresholds
    answers = working.answers(findings.calibrated[row : row + 1], tta)
    return tuple(
        Finding(
            label=label,
            probability=float(findings.calibrated[row, column]),
            raw_probability=float(findings.raw[row, column]),
            threshold=plain(thresholds[column]),
            present=findings.present[row, column],
            spread=None if spread is None else float(spread[row, column]),
            answer=answers[column],
        )
        for column, label in enumerate(working.bundle.labels)
    )
