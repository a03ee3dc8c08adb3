"""What changes of acquisition cost the models of a comparison, beside the baseline."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from datasets.image_change import acquisitions, amounts
from evaluation import robustness_summary, severity_figures
from evaluation.robustness_summary import Curves, Pair
from evaluation.severity_figures import AUC, Drawn
from evaluation.truth import Truth
from pipelines.comparing.candidates import Candidate, sees_changes
from pipelines.comparing.changed_tests import condition
from pipelines.comparing.comparison_run import ComparisonRun
from progress import track
from reports.json_trees import from_json
from reports.robustness_figures import Robustness

Aucs = dict[str, Drawn]


def of_run(run: ComparisonRun, truth: Truth) -> Robustness | None:
    """The figures of all classifiers on changed test images; None without `--robustness`."""
    if not run.options.robustness:
        return None
    shown = [each for each in run.candidates if sees_changes(each)]
    changes = acquisitions(run.options, run.options.seed)
    unchanged = {each.name: _auc(run, truth, run.scores(each).probabilities) for each in shown}
    curves = {
        name: {severity: _aucs(run, truth, shown, condition(name, severity)) for severity in own}
        for name, own in track(changes.items(), "evaluating changes", len(changes), "changes")
    }
    baseline = run.options.baseline
    values = {
        "baseline": baseline,
        "models": [*unchanged],
        "left_out": [each.name for each in run.candidates if each not in shown],
        "changes": {name: amounts(own) for name, own in changes.items()},
        **_by_condition(unchanged, curves),
        "summary": {name: _summary(name, baseline, unchanged, curves) for name in unchanged},
    }
    return from_json(Robustness, values)


def _aucs(run: ComparisonRun, truth: Truth, shown: Sequence[Candidate], name: str) -> Aucs:
    """The macro AUC of each candidate in a condition, of probabilities averaged over seeds."""
    found = {}
    for each in shown:
        by_split = run.fits[each.name]
        means = [np.mean([one.changed[name] for one in seeds], axis=0) for seeds in by_split]
        found[each.name] = _auc(run, truth, np.concatenate(means))
    return found


def _auc(run: ComparisonRun, truth: Truth, probabilities: np.ndarray) -> Drawn:
    drawn = run.options.replicates, run.options.seed
    return severity_figures.macro_auc(truth, probabilities, *drawn)


def _by_condition(unchanged: Aucs, curves: Curves) -> dict[str, Any]:
    """The AUC of each model in each condition, and what it lost there."""
    return {
        "unchanged": {name: {"figures": {AUC: auc.estimate}} for name, auc in unchanged.items()},
        "changed": {
            change: {
                str(severity): {
                    name: {"figures": {AUC: auc.estimate, "loss": (unchanged[name] - auc).estimate}}
                    for name, auc in by_model.items()
                }
                for severity, by_model in severities.items()
            }
            for change, severities in curves.items()
        },
    }


def _summary(
    name: str, baseline: str, unchanged: Mapping[str, Drawn], curves: Curves
) -> dict[str, dict[str, Any]]:
    """What each change costs a model, beside the baseline unless it is the baseline."""
    pair = Pair(name, baseline) if name != baseline else None
    own = {each: unchanged[each] for each in pair or (name,)}
    return robustness_summary.summary(own, curves, pair)
