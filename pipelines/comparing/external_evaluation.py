"""Models evaluated on external data sets, and compared with how they do inside."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from datasets.images import Caution
from evaluation import recalibration
from evaluation.bootstrap import Workers
from evaluation.figures import evaluate
from evaluation.outcomes import Terms
from evaluation.scores import Scores
from evaluation.site_scores import SiteScores
from evaluation.transported import State, of_states
from evaluation.travel import OTHER_SEED, travelled
from evaluation.truth import Truth
from models.calibration import SLOPES, Calibration
from pipelines.comparing import evaluated
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.external_sets import Site
from progress import stage
from reports.external_figures import External
from reports.json_trees import from_json

INSIDE, OUTSIDE = "inside", "outside"
# What is fitted to external patients, with the limits of the slopes.
RECALIBRATIONS = {"intercept": (1.0, 1.0), "intercept_and_slope": SLOPES}


def of_run(
    run: ComparisonRun,
    truth: Truth,
    scores: Sequence[Scores],
    predicted: Sequence[SiteScores],
    workers: Workers,
) -> dict[str, External]:
    """The figures on each external data set by its name."""
    found = {}
    for site, each in zip(run.sites, predicted, strict=True):
        with stage(f"evaluating {len(scores)} models on {site.name}"):
            found[site.name] = _of_site(run, site, each, truth, scores, workers)
    return found


def cautions(external: dict[str, External], sites: Sequence[Site]) -> list[str]:
    """What weakens the results on external data sets."""
    found = []
    for site in sites:
        found += [f"{site.name}: {note}" for note in site.images.notes if isinstance(note, Caution)]
        if few := external[site.name].rare:
            named = ", ".join(f"{label} ({count})" for label, count in few.items())
            found.append(f"{site.name} has fewer than 10 images with {named}")
    return found


def _of_site(
    run: ComparisonRun,
    site: Site,
    predicted: SiteScores,
    truth: Truth,
    scores: Sequence[Scores],
    workers: Workers,
) -> External:
    options, names = run.options, [one.model for one in scores]
    drawn: dict[str, Any] = {"n_replicates": options.replicates, "workers": workers}
    terms = Terms(options.margin, frozenset(each.name for each in run.candidates if each.control))
    columns = [run.images.label_names.index(name) for name in predicted.truth.label_names]
    figures = evaluate(
        predicted.truth,
        [predicted.scores[name] for name in names],
        run.pairs,
        terms,
        thresholds={name: predicted.thresholds[name] for name in names},
        prevalences=run.prevalences()[columns],
        training_positives=run.training_positives()[columns],
        classes=predicted.classes,
        seed=options.seed + OTHER_SEED,
        **drawn,
    )
    travel = travelled(truth, scores, predicted, run.pairs, terms, seed=options.seed, **drawn)
    values = {
        "source": site.images.source,
        "films": len(site.images),
        "patients": len(set(site.images.patients)),
        "patients_from": site.images.patients_from,
        "labels": list(predicted.truth.label_names),
        "findings": {label: each._asdict() for label, each in site.findings.items()},
        "rare": predicted.rare,
        "notes": list(map(str, site.images.notes)),
        "trainings": options.seeds * len(run.stages),
        "calibration": _calibration(run, predicted, truth, scores, workers),
    }
    values |= {"recalibrated_on": options.recalibrate} if options.recalibrate else {}
    made = from_json(External, values | figures | travel)
    if not run.knows_metadata:
        return made
    alone = predicted.scores[run.metadata_only.name]
    metadata = evaluated.metadata_baseline(predicted.truth, alone, options)
    baselines = replace(made.evaluated.reference_baselines, metadata=metadata)
    return replace(made, evaluated=replace(made.evaluated, reference_baselines=baselines))


def _calibration(
    run: ComparisonRun,
    predicted: SiteScores,
    truth: Truth,
    scores: Sequence[Scores],
    workers: Workers,
) -> dict[str, dict[str, dict[str, object]]]:
    """Calibration and rates of each model but the controls, inside, outside and recalibrated."""
    options, labels = run.options, predicted.truth.label_names
    drawn: dict[str, Any] = {"n_replicates": options.replicates, "workers": workers}
    controls = {each.name for each in run.candidates if each.control}
    names = [one.model for one in scores if one.model not in controls]
    by_name = {one.model: one for one in scores}
    columns = [truth.label_names.index(label) for label in labels]
    thresholds = run.thresholds()
    inside = {
        name: State(by_name[name].probabilities[:, columns], thresholds[name][:, columns])
        for name in names
    }
    outside = {
        (name, state): each
        for name in names
        for state, each in _states(predicted, name, options.recalibrate, options.seed).items()
    }
    here = of_states(truth.over(truth.ids, labels), inside, seed=options.seed, **drawn)
    there = of_states(predicted.truth, outside, seed=options.seed + OTHER_SEED, **drawn)
    return {
        name: {INSIDE: here[name]}
        | {state: each for (model, state), each in there.items() if model == name}
        for name in names
    }


def _states(predicted: SiteScores, model: str, count: int, seed: int) -> dict[str, State]:
    """The external probabilities of a model as they are, and recalibrated if asked for."""
    probabilities, truth = predicted.scores[model].probabilities, predicted.truth
    found = {OUTSIDE: probabilities}
    for name, limits in RECALIBRATIONS.items() if count else ():
        fitting = partial(Calibration.fit, limits=limits)
        found[name] = recalibration.cross_fitted(
            truth.labels, probabilities, truth.owners, count, fitting, seed
        )
    thresholds = np.broadcast_to(predicted.thresholds[model], probabilities.shape)
    return {name: State(each, thresholds) for name, each in found.items()}
