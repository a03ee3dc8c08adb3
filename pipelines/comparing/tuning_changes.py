"""What tuning chose and changed in a comparison: figures for the report, and a table of trials."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

import storage
from evaluation import bootstrap, certainty
from evaluation.auc import label_aucs, macro
from evaluation.bootstrap import Replicates, Workers
from evaluation.comparison import difference
from evaluation.outcomes import Terms, compared
from evaluation.scores import Scores
from evaluation.truth import Truth
from models import trials
from models.search_space import spoken
from pipelines.comparing.candidates import Candidate
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.evaluated import other_pairs
from pipelines.comparing.searching import Search
from pipelines.comparing.tuned_run import TunedRun
from reports.report_figures import Comparison, Evaluated
from reports.tuning_figures import SplitSearch, TunedModel, TunedPair, Tuning

TRIALS = "trials.csv"


class Side(NamedTuple):
    """A comparison before or after tuning, with the scores and replicates of every model."""

    run: ComparisonRun
    scores: dict[str, Scores]
    resampled: dict[str, Replicates]


def of_run(
    run: TunedRun, before: ComparisonRun, truth: Truth, after: Evaluated, workers: Workers
) -> Tuning:
    """The searches of every model, and its figures by default settings beside the tuned ones.

    Models that share the search of another are compared, and have no search here.
    """
    everyone = [*run.candidates, *[run.metadata_only] * run.knows_metadata]
    old, new = (_side(each, everyone, truth, workers) for each in (before, run))
    models = {
        each.name: _model(each, run.searches[each.name], old, new, truth)
        for each in everyone
        if each.name in run.searches
    }
    pairs = _pairs(truth, old, after)
    return Tuning(run.options.tune, run.options.inner_folds, models, pairs)


def _side(
    run: ComparisonRun, everyone: Sequence[Candidate], truth: Truth, workers: Workers
) -> Side:
    scores = {each.name: run.scores(each) for each in everyone}
    resampled = {
        name: bootstrap.replicates(
            truth.labels,
            one.probabilities,
            truth.owners,
            n_replicates=run.options.replicates,
            seed=run.options.seed,
            workers=workers,
        )
        for name, one in scores.items()
    }
    return Side(run, scores, resampled)


def split_search(
    search: Search, outer: float | None = None, default: float | None = None
) -> SplitSearch:
    """A search with the AUCs on test images by the chosen and by the default settings."""
    values = [each.outcome.value for each in search.trials if not each.outcome.stopped]
    best = trials.best(search.trials).outcome.value
    stopped = len(search.trials) - len(values)
    return SplitSearch(search.chosen, best, values[0], values, stopped, outer, default)


def write_trials(searches: Mapping[str, Sequence[Search]], folder: Path) -> Path:
    """A table with a row for each trial of each model on each split."""
    rows = [
        {
            "model": name,
            "split": split,
            "trial": number,
            "stopped": each.outcome.stopped,
            "inner_auc": each.outcome.value,
            "seconds": round(each.outcome.seconds, 2),
            "settings": spoken(each.chosen),
        }
        for name, by_split in searches.items()
        for split, search in enumerate(by_split, 1)
        for number, each in enumerate(search.trials)
    ]
    storage.write_table(folder / TRIALS, pd.DataFrame(rows))
    return folder / TRIALS


def _model(
    candidate: Candidate, searches: Sequence[Search], old: Side, new: Side, truth: Truth
) -> TunedModel:
    name, why = candidate.name, certainty.missing(truth.labels, truth.owners).macro
    first, second = (_level(each.resampled[name]) for each in (old, new))
    low, high = (certainty.estimated(each.resampled[name].macro, why)[0] for each in (old, new))
    gained = difference(new.resampled[name].macro, old.resampled[name].macro, why).ci
    splits = [
        split_search(search, _outer(new.run, name, place), _outer(old.run, name, place))
        for place, search in enumerate(searches)
        if search.trials
    ]
    return TunedModel(splits, candidate.control, first, low, second, high, second - first, gained)


def _level(resampled: Replicates) -> float:
    return float(macro(resampled.whole[:-1]))


def _outer(run: ComparisonRun, name: str, place: int) -> float | None:
    """Macro AUC of the mean over seeds, on the test images of one split."""
    fits, images = run.fits[name][place], run.stages[place].images
    truth = images.labels[images.rows(fits[0].ids)]
    mean = np.mean([one.probabilities for one in fits], axis=0)
    found = float(macro(label_aucs(truth, mean)))
    return None if np.isnan(found) else found


def _pairs(truth: Truth, old: Side, after: Evaluated) -> list[TunedPair]:
    """Every comparison by default settings, and as the report has it."""
    run, options = old.run, old.run.options
    controls = frozenset(each.name for each in run.candidates if each.control)
    asked = [each.name for each in run.candidates if not each.control]
    pairs = [*run.pairs, *other_pairs(asked, options.baseline, options)]
    missing = certainty.missing(truth.labels, truth.owners)
    terms = Terms(options.margin, controls)
    before = compared(truth, old.scores, old.resampled, missing, pairs, terms)
    tuned = {(each.model, each.baseline): each for each in after.comparisons}
    return [_pair(one, tuned[one["model"], one["baseline"]], controls) for one in before]


def _pair(before: Mapping[str, Any], after: Comparison, controls: Collection[str]) -> TunedPair:
    return TunedPair(
        model=after.model,
        baseline=after.baseline,
        control=after.model in controls,
        before=before["delta_macro_auc"],
        before_ci=before["ci"],
        before_answer=before["answer"],
        after=after.delta_macro_auc,
        after_ci=after.macro_ci,
        after_answer=after.answer,
    )
