"""All trainings of a comparison, in one run with one bar; each candidate's AUC as it is known."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from datasets import splits
from datasets.images import Images
from datasets.splits import Split
from evaluation.auc import label_aucs, macro
from features.extracted import Extracted
from features.extraction_plan import Crew
from models.views import Views
from pipelines import asked_features
from pipelines.augmented_tests import Augmented
from pipelines.command_options import Compare
from pipelines.comparing import changed_tests, external_sets, run_cache, run_plan, trial, tuned_run
from pipelines.comparing.candidates import Candidate, metadata_only
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.external_sets import Site
from pipelines.comparing.run_bar import RunBar
from pipelines.comparing.run_cache import Fit
from pipelines.comparing.run_plan import Planned, RunPlan
from progress import say, shown, stage


def trained(
    images: Images,
    chosen: Sequence[Split],
    candidates: Sequence[Candidate],
    folder: Path,
    options: Compare,
    crew: Crew | None = None,
    sites: Sequence[Site] = (),
) -> ComparisonRun:
    """All trainings of all candidates and of the metadata-only baseline on every split.

    Each training predicts for all images of the external data sets too.
    """
    reference = metadata_only()
    everyone = [*candidates, reference]
    say(run_plan.announced(candidates, len(chosen), options))
    stages = [_extracted(splits.attach(images, split), options, crew) for split in chosen]
    sites = external_sets.with_features(sites, stages, options, crew)
    elsewhere = [
        {each.name: each.stages[number] for each in sites} for number in range(len(stages))
    ]
    names = [
        run_cache.name_of_split(folder, number, *pair)
        for number, pair in enumerate(zip(stages, elsewhere, strict=True))
    ]
    plan = run_plan.planned(everyone, names, folder, options)
    fits: dict[str, list[list[Fit]]] = {each.name: [] for each in everyone}
    views = _views(stages[0])
    plan = _forecast(plan, views, stages[0].images, crew)
    versions: list[Augmented] = []
    with shown(RunBar.of(plan)) as bar:
        for number, extracted in enumerate(stages):
            views = _views(extracted) if number else views
            others = {name: _views(each) for name, each in elsewhere[number].items()}
            augmented = changed_tests.of_split(extracted, elsewhere[number], options, crew)
            versions.append(augmented)
            for each in everyone:
                own = [
                    one for one in plan.trainings if (one.split, one.candidate) == (number, each)
                ]
                made = [
                    _fit(plan, one, views, extracted, others, augmented, crew, bar) for one in own
                ]
                fits[each.name].append(made)
                if each is not reference:
                    _show_auc(each, stages, fits[each.name])
    run = ComparisonRun(candidates, reference, fits, stages, options, sites)
    return tuned_run.tuned(run, plan, versions, crew) if options.tune else run


def _extracted(images: Images, options: Compare, crew: Crew | None) -> Extracted:
    with stage(f"features for {images.split_name}"):
        extracted = asked_features.extract(images, options, crew)
    asked_features.check_sets(extracted.images)
    return extracted


def _views(extracted: Extracted) -> Views:
    with stage("reading features"):
        return asked_features.views_of(extracted, metadata=True)


def _forecast(plan: RunPlan, views: Views, images: Images, crew: Crew | None) -> RunPlan:
    """The plan with what its trainings take, which is shown."""
    plan = replace(plan, seconds=trial.tried(plan, views, images, crew and crew.client))
    for line in run_plan.forecast(plan, trial.peak_memory(plan, views, images)):
        say(line)
    return plan


def _fit(
    plan: RunPlan,
    planned: Planned,
    views: Views,
    extracted: Extracted,
    others: Mapping[str, Views],
    augmented: Augmented,
    crew: Crew | None,
    bar: RunBar,
) -> Fit:
    each, _, seed, path, _ = planned
    augmented = plan.averaging(planned, augmented)
    with stage(plan.where(planned)):
        client, images = crew and crew.client, extracted.images
        made = run_cache.fit(each, views, images, seed, path, client, others, augmented)
    bar.finish(planned)
    return made


def _show_auc(each: Candidate, stages: Sequence[Extracted], fits: Sequence[list[Fit]]) -> None:
    """Show the macro AUC on the test images of the last split, and the mean over all so far."""
    aucs = [
        _auc(stage.images, seeds) for stage, seeds in zip(stages[: len(fits)], fits, strict=True)
    ]
    if np.isnan(aucs[-1]):
        return
    seeds = f", mean of {len(fits[-1])} seeds" * (len(fits[-1]) > 1)
    if len(stages) == 1:
        say(f"{each.name}: macro AUC {aucs[-1]:.4f} on test images{seeds}")
        return
    images = stages[len(aucs) - 1].images
    kind = "fold" if images.sites is None else "split"
    so_far = f"; mean over {len(aucs)} {kind}s {np.nanmean(aucs):.4f}" * (len(aucs) > 1)
    fold = f"fold {len(aucs)} of {len(stages)}"
    if images.sites is not None:
        fold = images.split_name
    say(f"{each.name}: macro AUC {aucs[-1]:.4f} on test images of {fold}{seeds}{so_far}")


def _auc(images: Images, seeds: Sequence[Fit]) -> float:
    """Macro AUC of the mean over seeds, on the test images of one split."""
    truth = images.labels[images.rows(seeds[0].ids)]
    return float(macro(label_aucs(truth, np.mean([one.probabilities for one in seeds], axis=0))))
