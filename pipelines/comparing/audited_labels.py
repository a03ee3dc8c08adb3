"""The audit of labels by the models of a comparison, and the answers before corrections."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from datasets import sources
from datasets.images import Images
from evaluation import label_errors
from evaluation.bootstrap import Workers
from evaluation.scores import Scores
from evaluation.truth import Truth
from pipelines.command_options import Compare, Score
from pipelines.comparing import evaluated, shown_failures, study_units
from pipelines.comparing.comparison_run import ComparisonRun
from progress import stage
from reports import corrected_labels, label_audit_files
from reports.audit_figures import Audit
from reports.image_tiles import Sheet
from reports.label_audit_files import Audited
from reports.report_figures import Evaluated
from reports.report_page import AUDIT, FAILURES
from reports.report_tree import Report


def looked_at(
    report: Report,
    truth: Truth,
    scores: Sequence[Scores],
    thresholds: Mapping[str, np.ndarray],
    images: Images,
    options: Compare | Score,
) -> tuple[Report, dict[str, list[Sheet]]]:
    """The report with wrong calls and, if asked, suspect labels; contact sheets of either."""
    failures, shown = shown_failures.of(report, truth, scores, thresholds, images, options)
    found, suspect = audit(report, truth, scores, images, options)
    return replace(report, failures=failures, audit=found), {FAILURES: shown, AUDIT: suspect}


def audit(
    report: Report,
    truth: Truth,
    scores: Sequence[Scores],
    images: Images,
    options: Compare | Score,
) -> tuple[Audit | None, list[Sheet]]:
    """What the mean of the models, controls aside, finds suspect, and contact sheets, if asked."""
    if not options.audit:
        return None, []
    asked = [one for one in scores if one.model in report.without_controls().models]
    with stage("auditing labels"):
        probabilities = np.mean([one.probabilities for one in asked], axis=0)
        drawn = {"n_replicates": options.replicates, "seed": options.seed}
        found = label_errors.expected(truth, probabilities, **drawn)
        audited = Audited(truth, probabilities, [one.model for one in asked], *found)
        jobs = sources.cores(getattr(options, "jobs", 0))
        return label_audit_files.write(audited, images, options.out, jobs)


def before_corrections(run: ComparisonRun, unit: str) -> ComparisonRun | None:
    """The comparison over the labels as they were; None if no table corrects any."""
    if not run.options.corrections:
        return None
    stages = [replace(each, images=each.images.uncorrected) for each in run.stages]
    return study_units.of_run(replace(run, stages=stages), unit)


def of_run(
    report: Report,
    before: ComparisonRun | None,
    truth: Truth,
    scores: Sequence[Scores],
    workers: Workers,
) -> Report:
    """The report with the answers over the labels as they were, from the same predictions."""
    if before is None:
        return report
    original = before.truth(truth.ids)
    figures = evaluated.of_run(before, original, scores, workers)
    return with_original(report, figures, original, truth)


def with_original(report: Report, figures: Evaluated, before: Truth, after: Truth) -> Report:
    """The report with the answers over other labels beside its own, and a caution."""
    found = corrected_labels.of(figures, before, after)
    cautions = [*report.cautions, *corrected_labels.caution(found)]
    return replace(report, corrected_labels=found, cautions=cautions)
