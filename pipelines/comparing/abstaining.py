"""What abstaining does on the test images: coverage of answers, and risk-coverage curves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from datasets.images import Images
from evaluation.conformal import USUAL, Bounds
from evaluation.conformal_coverage import Answered, beyond, coverage, curve, shifted
from models.bundle import Bundle
from models.test_time_augmentation import TTA
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.external_sets import Site
from pipelines.comparing.run_cache import NOWHERE, Fit
from reports.abstention_figures import Abstention
from reports.json_trees import from_json
from reports.report_figures import Evaluated
from reports.report_tree import Report

# Wrong answers that a caution lists; the section Abstaining has all.
NAMED = 3


def of_bundle(
    made: Bundle, images: Images, plain: np.ndarray, averaged: np.ndarray
) -> dict[str, dict[str, Any]]:
    """Under `abstention` that of a bundle and of its averages, as far as it has bounds for them.

    `plain` and `averaged` are calibrated probabilities (n, k) of test images.
    """
    found = {made.name: _of_bounds(made.bounds, images, plain)} if made.bounds else {}
    if own := made.averaged_bounds:
        found[made.name + TTA] = _of_bounds(own.bounds, images, averaged)
    return found


def _of_bounds(bounds: Bounds, images: Images, probabilities: np.ndarray) -> dict[str, Any]:
    found = _figures(
        images.labels[images.test],
        images.patients[images.test],
        lambda level: [bounds.answers(probabilities, level)],
        bounds.patients,
        images.label_names,
    )
    return {"abstention": found.as_json()}


def of_run(run: ComparisonRun) -> dict[str, Abstention]:
    """Of each model of a comparison that has bounds, the mean over its seeds, over all splits."""
    return {
        each.name: _of_fits(run, run.fits[each.name])
        for each in run.candidates
        if all(fit.bounds for fit in chain.from_iterable(run.fits[each.name]))
    }


def elsewhere(run: ComparisonRun) -> dict[str, dict[str, Abstention]]:
    """The same of every external data set by its name: all trainings on all of its images."""
    trainings = {each.name: [*chain.from_iterable(run.fits[each.name])] for each in run.candidates}
    return {
        site.name: {
            name: _of_site(run, site, fits)
            for name, fits in trainings.items()
            if all(fit.bounds for fit in fits)
        }
        for site in run.sites
    }


def within(
    report: Report,
    found: dict[str, Abstention],
    outside: Mapping[str, dict[str, Abstention]] = NOWHERE,
) -> Report:
    """The report with these figures, and of external data sets by their names.

    Cautions name models whose answers miss their level, or that have no figures.
    """
    sites = {
        name: replace(each, evaluated=_with_abstention(each.evaluated, outside.get(name, {})))
        for name, each in (report.external or {}).items()
    }
    models = report.models
    # Averages over versions of images have no bounds.
    due = [name for name, one in models.items() if not (one.is_control or name.endswith(TTA))]
    old = [name for name in due if name not in found]
    missed = _missed("", report.evaluated, found)
    if old:
        missed.append(
            f"no figures on abstaining for {', '.join(old)}: these trainings are of an earlier"
            " version"
        )
    for name, each in outside.items():
        missed += _missed(f"{name}: ", report.evaluated, each)
    return replace(
        report,
        evaluated=_with_abstention(report.evaluated, found),
        external=sites or report.external,
        cautions=[*report.cautions, *missed],
    )


def _with_abstention(evaluated: Evaluated, found: dict[str, Abstention]) -> Evaluated:
    models = {
        name: replace(figures, abstention=found.get(name))
        for name, figures in evaluated.models.items()
    }
    return replace(evaluated, models=models)


def _missed(where: str, evaluated: Evaluated, found: dict[str, Abstention]) -> list[str]:
    """A sentence on the answers of models, controls aside, that miss their level."""
    asked = {name: one for name, one in found.items() if not evaluated.models[name].is_control}
    wrong = [
        (share, f"{text} ({name})")
        for name, one in asked.items()
        for share, text in shifted(one.as_json())
    ]
    return [f"{where}{text}" for text in beyond(USUAL, wrong, NAMED)]


def _of_site(run: ComparisonRun, site: Site, fits: Sequence[Fit]) -> Abstention:
    images = site.images
    columns = [run.images.label_names.index(name) for name in images.label_names]
    pairs = [(one.bounds, one.elsewhere[site.name]) for one in fits if one.bounds]

    def answered(level: float) -> list[np.ndarray]:
        return [bounds.answers(values, level)[:, columns] for bounds, values in pairs]

    fewest = np.min([bounds.patients for bounds, _ in pairs], axis=0)[:, columns]
    return _figures(images.labels, images.patients, answered, fewest, images.label_names)


def _of_fits(run: ComparisonRun, by_split: Sequence[Sequence[Fit]]) -> Abstention:
    truth = run.truth(np.concatenate([seeds[0].ids for seeds in by_split]))

    def answered(level: float) -> list[np.ndarray]:
        return [
            np.concatenate([_answers(fit, level) for fit in seed])
            for seed in zip(*by_split, strict=True)
        ]

    # Of several splits, the one with the fewest patients limits what is guaranteed.
    fewest = np.min([seeds[0].bounds.patients for seeds in by_split if seeds[0].bounds], axis=0)
    return _figures(truth.labels, truth.patients, answered, fewest, truth.label_names)


def _answers(fit: Fit, level: float) -> np.ndarray:
    if fit.bounds is None:
        return np.full(fit.probabilities.shape, np.nan)
    return fit.bounds.answers(fit.probabilities, level)


def _figures(
    labels: np.ndarray,
    patients: np.ndarray,
    answered: Answered,
    calibration: np.ndarray,
    label_names: Sequence[str],
) -> Abstention:
    owners = np.unique(patients, return_inverse=True)[1]
    usual = answered(USUAL)
    values = coverage(labels, owners, usual, calibration, label_names)
    return from_json(Abstention, values | {"curve": curve(labels, answered)})
