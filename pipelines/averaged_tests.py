"""What `train` evaluates: test images, and with `--tta` averages over their augmented versions."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

import storage
from datasets.images import TEST, VALIDATION, Images
from evaluation.class_choice import as_thresholds
from evaluation.conformal import Bounds
from evaluation.scores import Scores
from evaluation.truth import Truth
from features.extracted import Extracted
from features.extraction_plan import Crew
from models.bundle import Bundle, Findings
from models.bundled_bounds import AveragedBounds
from models.test_time_augmentation import TTA
from models.views import Views
from pipelines import augmented_tests
from pipelines.augmented_tests import Versions
from pipelines.command_options import Train
from pipelines.comparing import study_units
from reports import abstention_tables
from reports.report_figures import Evaluated
from reports.wording import number, with_interval

SPREAD = "spread.csv"


def versions(extracted: Extracted, options: Train, crew: Crew | None) -> Iterator[Versions]:
    """Versions of the validation images, then of the test images; none without `--tta`."""
    for each in (VALIDATION, TEST):
        yield augmented_tests.of_set(each, extracted, options, options.metadata, crew)


class Tested(NamedTuple):
    """Truth and scores of the test images as they are and, if any, averaged over versions.

    `plain` (n, k) are calibrated probabilities of all test images, and `averaged` their averages
    over versions with this `spread`.
    """

    notes: list[str]
    truth: Truth
    scores: list[Scores]
    plain: np.ndarray
    averaged: np.ndarray
    spread: np.ndarray | None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The averaged model with the plain one."""
        plain, *others = (one.model for one in self.scores)
        return [(other, plain) for other in others]

    def thresholds(self, made: Bundle) -> dict[str, np.ndarray]:
        """Those of the bundle, or of exclusive classes the most probable one."""
        return {
            one.model: as_thresholds(one.probabilities) if made.chooses_class else made.thresholds
            for one in self.scores
        }


def tested(
    made: Bundle, views: Views, augmented: Iterable[Views], images: Images, unit: str
) -> Tested:
    """The test images as a bundle finds them, of all images with their views."""
    plain, found, spread = _found(made, views.select(images.test), augmented)
    notes, truth, scores = study_units.of_test(images, made.name, plain.calibrated, unit)
    if spread is not None:
        scores += study_units.of_test(images, made.name + TTA, found.calibrated, unit)[2]
    return Tested(notes, truth, scores, plain.calibrated, found.calibrated, spread)


def with_bounds(
    made: Bundle, views: Views, augmented: Iterable[Views], images: Images, options: Train
) -> Bundle:
    """The bundle with bounds of averages over versions of the validation images, if asked for."""
    if not options.tta:
        return made
    rows = images.validation
    _, found, _ = _found(made, views.select(rows), augmented)
    bounds = Bounds.of(images.labels[rows], found.calibrated, images.patients[rows])
    return replace(made, averaged_bounds=AveragedBounds(options.tta, bounds))


def _found(
    made: Bundle, views: Views, augmented: Iterable[Views]
) -> tuple[Findings, Findings, np.ndarray | None]:
    """Findings of images, their averages over versions, and the spread."""
    plain = made.findings(views)
    return plain, *made.averaged([plain, *map(made.findings, augmented)])


def write_spread(tested: Tested, images: Images, options: Train) -> dict[str, Any]:
    """The spread of each test image as a table, and its means; {} without `--tta`."""
    if tested.spread is None:
        return {}
    table = pd.DataFrame({"id": images.ids[images.test]})
    for column, name in enumerate(images.label_names):
        table[name] = tested.averaged[:, column]
        table[f"{name} spread"] = tested.spread[:, column]
    storage.write_table(options.out / SPREAD, table)
    means = dict(zip(images.label_names, tested.spread.mean(axis=0).tolist(), strict=True))
    mean = float(tested.spread.mean())
    return {"spread": {"times": options.tta, "mean": mean, "labels": means}}


def lines(values: dict[str, Any], evaluated: Evaluated) -> list[str]:
    """AUC of the averages, and the spread."""
    if "spread" not in values:
        return []
    means = values["spread"]
    ((name, figures),) = [pair for pair in evaluated.models.items() if pair[0].endswith(TTA)]
    (gain,) = evaluated.comparisons
    widest = max(means["labels"], key=means["labels"].__getitem__)
    return [
        f"{name}, averaged over each test image and {means['times']} augmented versions: macro AUC"
        f" {with_interval(figures.macro_auc, figures.macro_auc_ci)}, a difference of"
        f" {with_interval(gain.delta_macro_auc, gain.macro_ci)}",
        f"mean spread of the probabilities over versions {means['mean']:.3f}, highest for {widest}"
        f" ({number(means['labels'][widest])}); see {SPREAD}",
        *(f"{name} {text}" for text in [abstention_tables.sentence(figures.abstention)] if text),
    ]
