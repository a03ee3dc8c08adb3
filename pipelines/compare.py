"""`compare`: the baseline against hybrids and their controls, and a report."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import checks
from clusters import opening
from datasets import sources, splits
from datasets.images import Images
from errors import InvalidOption
from evaluation.bootstrap import Workers, check_replicates
from evaluation.comparison import corrected
from evaluation.figures import judge
from evaluation.scores import Scores
from evaluation.truth import Truth
from features.extracted import Extracted
from features.extraction_plan import Crew
from pipelines import Result, asked_features, choices
from pipelines.command_options import Compare
from pipelines.comparing import group_figures, run_cache
from pipelines.comparing.candidates import Contender, contenders
from pipelines.comparing.comparison_run import Contest
from pipelines.comparing.run_cache import Fit
from progress import say, track
from reports import provenance, report_files, screen
from reports.wording import Report

FLOOR = (
    *("macro_auc", "macro_auc_ci", "macro_auc_ci_missing"),
    *("micro_auc", "micro_auc_ci", "micro_auc_ci_missing"),
)


def run(options: Compare) -> Result:
    """The verdict as text and JSON; report, predictions and plots in `--out`."""
    _check_baseline(options)
    checks.at_least("--seeds", options.seeds, 1)
    check_replicates(options.replicates)
    images = sources.images_of(options)
    say(sources.headline(images))
    choices.announce(options)
    taking_part = contenders(options)
    folder = run_cache.open_run(images, options)
    with opening.opened(options.cluster) as crew:
        contest = _contest(images, taking_part, folder, options, crew)
        return _verdict(contest, options, opening.resamplers(crew))


def _check_baseline(options: Compare) -> None:
    """Refuse a baseline that does not take part; it may be one that nobody typed."""
    if options.baseline not in (names := options.classifying):
        raise InvalidOption(
            f"--baseline, which is {Compare.baseline} unless named, must be one of --classifiers"
            f" {','.join(names)}; got {options.baseline!r}. Name one of these, or type"
            f" --classifiers {','.join([options.baseline, *names])}."
        )


def _contest(
    images: Images, taking_part: list[Contender], folder: Path, options: Compare, crew: Crew | None
) -> Contest:
    """Everyone's trainings on every split."""
    found: dict[str, list[list[Fit]]] = {each.name: [] for each in taking_part}
    stages: list[Extracted] = []
    images, dealt = _dealt(images, options)
    for number, split in enumerate(dealt):
        extracted = asked_features.extract(splits.attach(images, split), options, crew)
        asked_features.check_parts(extracted.images)
        stages.append(extracted)
        views = asked_features.views_of(extracted, metadata=True)
        name = run_cache.name_of_split(folder, number, extracted)
        for each in track(taking_part, split.name, len(taking_part), "models"):
            found[each.name].append(
                [
                    run_cache.fit(each, views, extracted.images, seed, path, crew and crew.client)
                    for seed, path in _seeds(folder, name, each, options)
                ]
            )
    return Contest(taking_part, found, stages, options)


def _dealt(images: Images, options: Compare) -> tuple[Images, list[splits.Split]]:
    """The films with the splits that they are judged by, and what a reader must know of these."""
    if not options.folds:
        return images, [images.split] if images.split else []
    dealt = splits.folds(images, options.folds, options.seed)
    n_aside = np.count_nonzero(images.sets == "")
    if n_aside or options.split != "auto":
        note = (
            f"folds are drawn anew: of the split {images.split_name} counts only which films are in"
            f" none of its parts, {n_aside:,}, that stay out"
        )
        images = replace(images, notes=(*images.notes, note))
    return images, dealt


def _seeds(
    folder: Path, split: str, contender: Contender, options: Compare
) -> Iterator[tuple[int, Path]]:
    """Each seed, and the file where the training by it is kept."""
    for seed in range(options.seed, options.seed + options.seeds):
        yield seed, folder / f"{split}-{seed}-{contender.name.replace(' ', '_')}.npz"


def _verdict(contest: Contest, options: Compare, workers: Workers) -> Result:
    *models, knowing = contest.scores()
    truth = contest.truth(knowing.ids)
    told = contest.circumstances(truth) | _judged(contest, truth, models, workers)
    told["data"]["notes"] += provenance.decided_in_part(told["models"][options.baseline]["labels"])
    told["cautions"] = contest.cautions()
    told["floors"]["metadata"] = _floor(truth, knowing, options) if contest.knows_metadata else {}
    told["subgroups"] = {
        one.model: group_figures.by_groups(contest.images, truth, one, options) for one in models
    }
    told["files"] = {}
    written = report_files.write(told, truth, models, options.out, contest.histories())
    sources.write_skipped(contest.images, options.out)
    lines = [*screen.lines(told), *(f"wrote {path}" for path in written)]
    return Result(lines, told, len(contest.images.skipped))


def _judged(contest: Contest, truth: Truth, models: list[Scores], workers: Workers) -> Report:
    """Figures of the models and their comparisons, each with what it is."""
    told = judge(
        truth,
        models,
        contest.pairs,
        thresholds=contest.thresholds(),
        prevalences=contest.prevalences(),
        n_replicates=contest.options.replicates,
        seed=contest.options.seed,
        workers=workers,
    )
    for name, known in contest.trainings(truth).items():
        told["models"][name] |= known
    settings = contest.settings()
    for pair in told["comparisons"]:
        pair |= settings[pair["model"]]
    asked = [pair for pair in told["comparisons"] if not pair["control"]]
    corrected(asked, contest.options.replicates)
    return told


def _floor(truth: Truth, knowing: Scores, options: Compare) -> dict[str, Any]:
    """What age, sex and view alone reach."""
    told = judge(truth, [knowing], n_replicates=options.replicates, seed=options.seed)
    (figures,) = told["models"].values()
    return {name: figures[name] for name in FLOOR}
