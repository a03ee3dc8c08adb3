"""The wrong calls that a report shows: the most confident ones, and where two models differ."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from datasets import sources
from datasets.images import Images
from evaluation.scores import Scores
from evaluation.truth import Truth
from evaluation.wrong_decisions import agreement, by_group
from pipelines.command_options import Compare, Score
from pipelines.comparing import evaluated
from progress import stage
from reports import failure_sheets
from reports.failure_figures import Disagreement, Failures
from reports.failure_sheets import Decided
from reports.image_tiles import Sheet
from reports.json_trees import from_json
from reports.report_tree import Report

PLOTS = "plots"


def of(
    report: Report,
    truth: Truth,
    scores: Sequence[Scores],
    thresholds: Mapping[str, np.ndarray],
    images: Images,
    options: Compare | Score,
) -> tuple[Failures | None, list[Sheet]]:
    """Wrong calls of the report's models, controls aside, and contact sheets of some images."""
    shown = report.without_controls()
    decided = {
        one.model: Decided.of(one, thresholds.get(one.model), report.classes or ())
        for one in scores
        if one.model in shown.models
    }
    if all(np.isnan(each.thresholds).all() for each in decided.values()):
        return None, []
    with stage("looking for wrong calls"):
        best = _best(shown, decided)
        pairs = {
            each.model: (decided[each.model], decided[each.baseline]) for each in shown.comparisons
        }
        calls = failure_sheets.most_confident(decided[best], truth, options.failures)
        differing = [_disagreement(pair, truth, images, options) for pair in pairs.values()]
        found = Failures(best, calls, differing)
        place, jobs = options.out / PLOTS, sources.cores(getattr(options, "jobs", 0))
        pair = pairs[_best(shown, pairs)] if pairs else None
        return failure_sheets.sheets(found, pair, truth, images, place, options.failures, jobs)


def _best(report: Report, models: Iterable[str]) -> str:
    """The model of the highest macro AUC."""
    return max(models, key=lambda name: report.models[name].macro_auc or 0)


def _disagreement(
    pair: tuple[Decided, Decided], truth: Truth, images: Images, options: Compare | Score
) -> Disagreement:
    ours, theirs = (each.wrong(truth) for each in pair)
    groups = {
        name: by_group(
            *(truth, ours, theirs, values), n_replicates=options.replicates, seed=options.seed
        )
        for name, values in evaluated.grouping(images, truth).items()
    }
    facts = {"labels": agreement(truth, ours, theirs), "groups": groups}
    names = {"model": pair[0].model, "baseline": pair[1].model}
    return from_json(Disagreement, names | facts)
