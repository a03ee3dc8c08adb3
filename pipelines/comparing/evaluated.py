"""Models evaluated for a report: their figures and comparisons, the metadata-only baseline, and
figures by group of patients."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import numpy as np

import checks
from datasets import studies
from datasets.images import SITE, Images
from errors import InvalidOption
from evaluation import subgroups
from evaluation.bootstrap import Workers, check_replicates
from evaluation.class_choice import as_thresholds
from evaluation.equivalence import check_margin
from evaluation.figures import evaluate
from evaluation.outcomes import Terms, between
from evaluation.scores import Scores
from evaluation.truth import Truth
from pipelines.command_options import ALL, BASELINE, Compare, Differences, Score
from pipelines.comparing.comparison_run import ComparisonRun
from progress import track
from reports.group_figures import Groups, Subgroups
from reports.json_trees import from_json
from reports.report_figures import Evaluated, MetadataOnly


def check(options: Differences) -> None:
    """Refuse replicates, pairs or a margin that make no test, before anything is read.

    So too a number of wrong calls below 0, and an audit of studies, whose labels no table has.
    """
    check_replicates(options.replicates)
    checks.one_of("--pairs", options.pairs, (BASELINE, ALL))
    check_margin(options.margin)
    checks.at_least("--failures", options.failures, 0)
    if options.audit and options.unit != studies.IMAGE:
        raise InvalidOption(
            f"--audit ranks the labels of images; got --unit {options.unit}. Leave one of the two"
            " out."
        )


def other_pairs(
    models: Sequence[str], baseline: str, options: Differences
) -> list[tuple[str, str]]:
    """With `--pairs all` every two models, each once, but for those with the baseline."""
    return between(name for name in models if name != baseline) if options.pairs == ALL else []


def of_run(
    run: ComparisonRun, truth: Truth, scores: Sequence[Scores], workers: Workers
) -> Evaluated:
    """Figures of the candidates and their comparisons, each with its training and setting."""
    candidates = {each.name: each for each in run.candidates}
    controls = frozenset(name for name, each in candidates.items() if each.control)
    asked = [name for name in candidates if name not in controls]
    pairs = [*run.pairs, *other_pairs(asked, run.options.baseline, run.options)]
    values = evaluate(
        truth,
        scores,
        pairs,
        Terms(run.options.margin, controls),
        thresholds=run.thresholds(),
        prevalences=run.prevalences(),
        training_positives=run.training_positives(),
        classes=run.images.classes,
        n_replicates=run.options.replicates,
        seed=run.options.seed,
        workers=workers,
    )
    plain = Evaluated.of(values)
    return replace(
        plain,
        models={
            name: run.with_training(figures, candidates[name], truth)
            for name, figures in plain.models.items()
        },
        comparisons=[
            replace(each, setting=run.setting(candidates[each.model]))
            if each.baseline == run.options.baseline
            else each
            for each in plain.comparisons
        ],
    )


def of_scores(
    truth: Truth,
    scores: Sequence[Scores],
    pairs: Sequence[tuple[str, str]],
    thresholds: Mapping[str, np.ndarray],
    options: Score,
    classes: Sequence[str] = (),
) -> Evaluated:
    """Figures of models whose probabilities were made elsewhere, and their comparisons.

    Of exclusive classes the most probable one is chosen.
    """
    chosen = {one.model: as_thresholds(one.probabilities) for one in scores} if classes else {}
    values = evaluate(
        *(truth, scores, pairs, Terms(options.margin)),
        thresholds={**chosen, **thresholds},
        classes=classes,
        n_replicates=options.replicates,
        seed=options.seed,
    )
    return Evaluated.of(values)


def metadata_baseline(truth: Truth, scores: Scores, options: Compare) -> MetadataOnly:
    """AUCs of the model that sees age, sex and view alone."""
    values = evaluate(truth, [scores], n_replicates=options.replicates, seed=options.seed)
    (figures,) = values["models"].values()
    return MetadataOnly(**{item.name: figures[item.name] for item in fields(MetadataOnly)})


def grouping(images: Images, truth: Truth) -> dict[str, np.ndarray]:
    """Sex, age band, view and site (n,) of the images of a truth, where there are two groups."""
    meta = images.meta.iloc[images.rows(truth.ids)]
    variables = {
        "sex": meta["sex"].to_numpy(object),
        "age": subgroups.age_bands(meta["age"].to_numpy(float)),
        "view": meta["view"].to_numpy(object),
    }
    if SITE in meta:
        variables[SITE] = meta[SITE].to_numpy(object)
    return {name: values for name, values in variables.items() if len(set(values) - {""}) > 1}


def by_groups(
    images: Images, truth: Truth, scores: Sequence[Scores], options: Score | Compare
) -> Subgroups:
    """Figures by sex, age, view and site, where a variable has at least two known groups."""
    variables = grouping(images, truth)
    drawn = {"n_replicates": options.replicates, "seed": options.seed}
    return {
        one.model: {
            name: from_json(Groups, subgroups.by_group(truth, one, values, **drawn))
            for name, values in variables.items()
        }
        for one in track(scores, "groups of patients", len(scores), "models")
    }
