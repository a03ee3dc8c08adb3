"""From images to what is evaluated: with `--unit study`, everything is one row for each study."""

from collections.abc import Mapping, Sequence
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
    others = {each.name: studies.of_images(each.images) for each in run.sites}
    fits = {
        name: [
            [_pooled(fit, each.images, others, unit) for fit in seeds]
            for each, seeds in zip(run.stages, by_split, strict=True)
        ]
        for name, by_split in run.fits.items()
    }
    stages = [replace(each, images=studies.grouped(each.images, unit)) for each in run.stages]
    sites = [replace(each, images=studies.grouped(each.images, unit)) for each in run.sites]
    return replace(run, fits=fits, stages=stages, sites=sites)


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
    truth = Truth(made.ids, made.patients, made.labels, made.label_names, made.sites)
    return list(made.notes[len(images.notes) :]), truth, scores


def _pooled(fit: Fit, images: Images, others: Mapping[str, np.ndarray], unit: str) -> Fit:
    """A fit over studies; `others` (m,) are those of the images of each external data set."""
    groups: np.ndarray = studies.of_images(images)[images.rows(fit.ids)]
    highest = unit == studies.HIGHEST
    ids, values = pooled(fit.probabilities, groups, highest=highest)
    spread = None if fit.spread is None else pooled(fit.spread, groups)[1]
    elsewhere = {
        name: pooled(each, others[name], highest=highest)[1] for name, each in fit.elsewhere.items()
    }
    changed = {name: pooled(each, groups, highest=highest)[1] for name, each in fit.changed.items()}
    known = replace(fit, ids=ids, probabilities=values, elsewhere=elsewhere)
    return replace(known, spread=spread, changed=changed)
