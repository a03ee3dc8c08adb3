"""What the models of a comparison predict for external data sets."""

from collections.abc import Sequence

import numpy as np

from evaluation.class_choice import as_thresholds
from evaluation.scores import Scores
from evaluation.site_scores import SiteScores
from evaluation.truth import Truth
from pipelines.comparing.candidates import Candidate
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.decision_thresholds import given, of_all
from pipelines.comparing.external_sets import Site


def of_run(run: ComparisonRun) -> list[SiteScores]:
    """The predictions of all candidates on each external data set; with metadata known in both,
    those of the metadata-only baseline too."""
    return [_of_site(run, site) for site in run.sites]


def everyone(run: ComparisonRun) -> list[Candidate]:
    """The candidates, and the metadata-only baseline if it has anything to learn from."""
    return [*run.candidates, *[run.metadata_only] * run.knows_metadata]


def _of_site(run: ComparisonRun, site: Site) -> SiteScores:
    images = site.images
    truth = Truth(images.ids, images.patients, images.labels, images.label_names)
    columns = [run.images.label_names.index(label) for label in images.label_names]
    by_training = {
        each.name: np.array(
            [
                [one.elsewhere[site.name][:, columns] for one in seeds]
                for seeds in run.fits[each.name]
            ]
        )
        for each in everyone(run)
    }
    scores = {
        name: Scores(name, images.ids, values.mean(axis=(0, 1)), images.label_names)
        for name, values in by_training.items()
    }
    classes = _classes(run, truth)
    thresholds = _thresholds(run, [*scores], columns)
    if len(classes) > 2:
        thresholds = {name: as_thresholds(one.probabilities) for name, one in scores.items()}
    return SiteScores(site.name, truth, scores, by_training, thresholds, classes)


def _thresholds(
    run: ComparisonRun, models: Sequence[str], columns: Sequence[int]
) -> dict[str, np.ndarray]:
    """Thresholds (k,) of these labels: those given, else the mean over splits and seeds."""
    chosen = {name: of_all(run.fits[name]) for name in models}
    chosen |= given(run.options.thresholds, run.images.label_names, models)
    return {name: each[columns] for name, each in chosen.items()}


def _classes(run: ComparisonRun, truth: Truth) -> tuple[str, ...]:
    """The exclusive classes, if each external image is known to have one of them; else ()."""
    classes, labels = run.images.classes, truth.labels
    if not classes or truth.label_names != run.images.label_names or np.isnan(labels).any():
        return ()
    several = len(classes) > 2
    return classes if not several or (labels.sum(axis=1) == 1).all() else ()
