"""`compare`: the baseline against hybrids and their controls, and a report."""

from dataclasses import replace

import checks
from clusters import opening
from datasets import sources, tasks
from datasets.studies import check_unit
from errors import InvalidOption
from evaluation.bootstrap import Workers
from evaluation.scores import Scores
from evaluation.site_scores import SiteScores
from evaluation.truth import Truth
from models.thresholds import check_classes
from pipelines import Result, asked_features, augmented_tests, choices, taken_blocks
from pipelines.command_options import Compare
from pipelines.comparing import (
    abstaining,
    audited_labels,
    averages,
    changed_tests,
    decision_thresholds,
    evaluated,
    external_evaluation,
    external_sets,
    run_cache,
    searching,
    site_causes,
    site_predictions,
    study_units,
    sturdiness,
    trainings,
    tuning_changes,
    turns,
    without_effect,
)
from pipelines.comparing.candidates import candidates_of
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.tuned_run import TunedRun
from pipelines.recorded import recorded
from progress import say, stage, step
from reports import cautions, report_files, screen
from reports.plots.plotting import Paper
from reports.report_tree import Report


@recorded("compare")
def run(options: Compare) -> Result:
    """The report as text and JSON; its files, predictions and plots are in `--out`."""
    options = taken_blocks.with_ensemble(options)
    _check_baseline(options)
    checks.at_least("--seeds", options.seeds, 1)
    evaluated.check(options)
    turns.check(options)
    changed_tests.check(options)
    Paper.of(options)
    images = asked_features.images_of(options, options.takes_turns)
    images, chosen = turns.splits_of(images, options)
    check_classes(options.thresholds, images.classes)
    check_unit(options.unit, images)
    say(sources.headline(images))
    choices.announce(options)
    searching.check(options)
    augmented_tests.check(options)
    candidates = candidates_of(options)
    # Before anything is trained, so that an error costs no time.
    decision_thresholds.given(
        options.thresholds, images.label_names, [each.name for each in candidates]
    )
    sites = external_sets.read(images, options)
    folder = run_cache.open_run(images, options)
    with opening.opened(options.cluster) as crew:
        trained = trainings.trained(images, chosen, candidates, folder, options, crew, sites)
        return _result(trained, opening.resamplers(crew))


def _check_baseline(options: Compare) -> None:
    """Refuse a baseline that is not among the classifiers; it may be the default."""
    if options.baseline not in (names := options.classifying):
        raise InvalidOption(
            f"--baseline (by default {Compare.baseline}) must be one of --classifiers"
            f" {','.join(names)}; got {options.baseline!r}. Name one of these, or type"
            f" --classifiers {','.join([options.baseline, *names])}."
        )


def _result(trained: ComparisonRun, workers: Workers) -> Result:
    options, untuned = trained.options, _before(trained)
    # Answers and causes are given for images, whatever is evaluated.
    answers = abstaining.of_run(trained), abstaining.elsewhere(trained)
    causes = site_causes.of_run(trained, site_predictions.of_run(trained))
    before = audited_labels.before_corrections(trained, options.unit)
    trained = study_units.of_run(trained, options.unit)
    scores = [trained.scores(each) for each in trained.candidates]
    truth = trained.truth(scores[0].ids)
    elsewhere = site_predictions.of_run(trained)
    with stage(f"evaluating {len(scores)} models"):
        report = _report(trained, truth, scores, workers)
        report = audited_labels.of_run(report, before, truth, scores, workers)
    report = _with_external(report, trained, truth, scores, elsewhere, workers)
    report = site_causes.within(report, causes)
    report = abstaining.within(report, *answers)
    report = replace(report, robustness=sturdiness.of_run(trained, truth))
    images, decided = trained.images, trained.thresholds()
    report, sheets = audited_labels.looked_at(report, truth, scores, decided, images, options)
    if isinstance(trained, TunedRun) and untuned:
        given = truth, report.evaluated, workers
        report = replace(report, tuning=tuning_changes.of_run(trained, untuned, *given))
    step("writing the report")
    kept = report_files.Trained(decided, trained.folds(), trained.histories(), elsewhere, sheets)
    written = report_files.write(report, truth, scores, options.out, kept, Paper.of(options))
    if isinstance(trained, TunedRun):
        written.append(tuning_changes.write_trials(trained.searches, options.out))
    written += averages.write_spreads(trained, options.out)
    read = external_sets.with_skipped(trained.images, trained.sites)
    sources.write_skipped(read, options.out)
    lines = [*screen.lines(report), *(f"wrote {path}" for path in written)]
    return Result(lines, report.as_json(), len(read.skipped))


def _with_external(
    report: Report,
    trained: ComparisonRun,
    truth: Truth,
    scores: list[Scores],
    predicted: list[SiteScores],
    workers: Workers,
) -> Report:
    """The report with figures on external data sets, and what weakens them; as it is without."""
    if not predicted:
        return report
    found = external_evaluation.of_run(trained, truth, scores, predicted, workers)
    weak = external_evaluation.cautions(found, trained.sites)
    return replace(report, external=found, cautions=[*report.cautions, *weak])


def _before(trained: ComparisonRun) -> ComparisonRun | None:
    """The comparison by default settings of a tuned one."""
    if not isinstance(trained, TunedRun):
        return None
    return study_units.of_run(trained.before, trained.options.unit)


def _report(trained: ComparisonRun, truth: Truth, scores: list[Scores], workers: Workers) -> Report:
    options = trained.options
    figures = evaluated.of_run(trained, truth, scores, workers)
    if trained.knows_metadata:
        alone = trained.scores(trained.metadata_only)
        metadata = evaluated.metadata_baseline(truth, alone, options)
        baselines = replace(figures.reference_baselines, metadata=metadata)
        figures = replace(figures, reference_baselines=baselines)
    data = trained.data(truth)
    undecided = cautions.partly_decided(figures.models[options.baseline].labels)
    report = Report(
        synthetic=trained.images.synthetic,
        data=replace(data, notes=[*data.notes, *averages.notes(trained)]),
        split=trained.split(truth),
        backbones=trained.backbones(),
        provenance=trained.provenance(truth),
        evaluated=figures,
        cautions=[*without_effect.cautions(trained), *undecided],
        subgroups=evaluated.by_groups(trained.images, truth, scores, options),
        task=tasks.of(trained.images.classes),
        classes=list(trained.images.classes) or None,
    )
    return cautions.completed(report, truth)
