"""What the trainings of a comparison take, from short trainings on some of the images."""

import time
from typing import Any, cast

import numpy as np

from datasets.images import Images
from models.classifier import Classifier
from models.column_blocks import column_blocks
from models.views import PIXELS, Views
from models.weighted_members import WeightedMembers
from pipelines.comparing.candidates import Candidate
from pipelines.comparing.run_plan import RunPlan
from pipelines.estimate import memory
from progress import muted, stage

# A network on images is slower by orders of magnitude than a classifier of features.
IMAGES_TRIED, IMAGES_TRIED_ON_PIXELS = 4096, 64
# What a training repeats: the share of it that early stopping usually leaves, and how many are
# tried, so many that the last ones take longer than what happens once.
REPEATED = {"epochs": (0.5, 9), "n_estimators": (0.3, 15)}
# Numbers in training features, times trainings: from so many on, a trial takes a hundredth.
WORTH_A_TRIAL = 200_000_000
# Selected training rows, and those on the device or in bins.
COPIES = 2


def tried(plan: RunPlan, views: Views, images: Images, client: Any = None) -> dict[str, float]:
    """Seconds of one training of each candidate by its key; {} if the run is hardly longer.

    A training may share its work with the workers of a Dask client, and so may its trial.
    """
    to_do = plan.whole
    numbers = sum(width_of(each.candidate, views) for each in to_do) * int(images.train.sum())
    if numbers < WORTH_A_TRIAL:
        return {}
    known: dict[str, float] = {}
    found: dict[str, float] = {}
    for each in dict.fromkeys(each.candidate for each in to_do):
        with stage(f"trying how long {each.classifier} takes"), muted():
            parts = parts_of(each.make(plan.options.seed).grow_on(client), views)
            found[each.key] = sum(_seconds(part, views, images, known) for part in parts)
    return found


def peak_memory(plan: RunPlan, views: Views, images: Images) -> float:
    """Bytes that the process takes at most, from what it takes now and the widest candidate."""
    rows = int((images.train | images.validation).sum())
    widest = max((width_of(each.candidate, views) for each in plan.whole), default=0)
    return memory() + COPIES * 4 * rows * widest


def width_of(candidate: Candidate, views: Views) -> int:
    """How many numbers of an image a candidate takes."""
    return sum(views.of(*candidate.needs).widths.values())


def parts_of(classifier: Classifier, views: Views) -> list[Classifier]:
    """A classifier itself, or the members that it trains, each as often as it is trained."""
    if not isinstance(classifier, WeightedMembers):
        return [classifier]
    return classifier.parts(views.of(*classifier.needs).names) * classifier.trainings


def _seconds(part: Classifier, views: Views, images: Images, known: dict[str, float]) -> float:
    """Seconds of a whole training; one that is known already is not tried again."""
    if (name := repr(part)) not in known:
        known[name] = _tried(part, views, images)
    return known[name]


def _tried(part: Classifier, views: Views, images: Images) -> float:
    count = IMAGES_TRIED_ON_PIXELS if PIXELS in part.needs else IMAGES_TRIED
    rows, held = (_some(each, count) for each in (images.train, images.validation))
    larger = np.count_nonzero(images.train) / len(rows)
    repeated = [name for name in REPEATED if name in part.get_params()]
    if not repeated:
        return larger * _fitted(part, views, images, rows, held)
    (name,) = repeated
    share, more = REPEATED[name]
    rounds = share * cast(int, part.get_params()[name])
    once, several = (
        _fitted(part.set_params(**{name: count}), views, images, rows, held) for count in (1, more)
    )
    each = max(several - once, 0.0) / (more - 1)
    if name == "n_estimators":
        larger *= _blocks(len(rows), part, views) / _blocks(int(images.train.sum()), part, views)
    return float(once + larger * each * max(rounds - 1, 0))


def _blocks(count: int, part: Classifier, views: Views) -> int:
    """Into how many blocks, of which a tree takes one, boosters divide features of many images."""
    return len(column_blocks(count, sum(views.of(*part.needs).widths.values())))


def _fitted(
    part: Classifier, views: Views, images: Images, rows: np.ndarray, held: np.ndarray
) -> float:
    """Seconds of one short training on some rows."""
    taken = views.of(*part.needs)
    learning, validation = ((taken.select(each), images.labels[each]) for each in (rows, held))
    started = time.monotonic()
    part.fit(*learning, validation=validation, reported=True, exclusive=bool(images.classes))
    return time.monotonic() - started


def _some(mask: np.ndarray, count: int) -> np.ndarray:
    """At most so many of the rows that a mask marks, spread evenly."""
    rows = np.flatnonzero(mask)
    return rows[np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(int)]
