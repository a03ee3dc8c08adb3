"""From images to what is evaluated: with `--unit study`, everything is one row for each study."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from datasets import studies
from datasets.images import Images
from evaluation.pooled_scores import of_groups, pooled
from evaluation.scores import Scores
from evaluation.truth import Truth
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.run_cache import Fit


def of_run(run: ComparisonRun, unit: str) -> ComparisonRun:
    """A comparison over studies: its images are rows of studies, with pooled probabilities.

    Trainings, thresholds and calibration stay as they are: they come from images.
    """
    if unit == studies.IMAGE:
        return run
    fits = {
        name: [
            [_pooled(fit, each.images, unit) for fit in seeds]
            for each, seeds in zip(run.stages, by_split, strict=True)
        ]
        for name, by_split in run.fits.items()
    }
    stages = [replace(each, images=studies.grouped(each.images, unit)) for each in run.stages]
    return replace(run, fits=fits, stages=stages)


def of_scores(images: Images, scores: Sequence[Scores], unit: str) -> tuple[Images, list[Scores]]:
    """The scored images and their scores, as studies if asked for."""
    if unit == studies.IMAGE:
        return images, list(scores)
    scored = images.select(images.rows(scores[0].ids))
    groups = studies.of_images(scored)
    return studies.grouped(scored, unit), of_groups(scores, groups, unit == studies.HIGHEST)


def of_test(
    images: Images, model: str, probabilities: np.ndarray, unit: str
) -> tuple[list[str], Truth, list[Scores]]:
    """Notes on the unit, truth and scores of the test images, as studies if asked for."""
    tested = images.select(images.test)
    scores = [Scores(model, tested.ids, probabilities, tested.label_names)]
    made, scores = of_scores(tested, scores, unit)
    truth = Truth(made.ids, made.patients, made.labels, made.label_names)
    return list(made.notes[len(images.notes) :]), truth, scores


def _pooled(fit: Fit, images: Images, unit: str) -> Fit:
    groups: np.ndarray = studies.of_images(images)[images.rows(fit.ids)]
    ids, values = pooled(fit.probabilities, groups, highest=unit == studies.HIGHEST)
    return replace(fit, ids=ids, probabilities=values)
