"""Models evaluated for a report: their figures and comparisons, the metadata-only baseline, and
figures by group of patients."""

from collections.abc import Sequence
from dataclasses import fields, replace

from datasets.images import Images
from evaluation import subgroups
from evaluation.bootstrap import Workers
from evaluation.comparison import corrected
from evaluation.figures import evaluate
from evaluation.scores import Scores
from evaluation.truth import Truth
from pipelines.command_options import Compare, Score
from pipelines.comparing.comparison_run import ComparisonRun
from progress import track
from reports.json_trees import from_json
from reports.report_figures import Evaluated, Groups, MetadataOnly, Subgroups


def of_run(
    run: ComparisonRun, truth: Truth, scores: Sequence[Scores], workers: Workers
) -> Evaluated:
    """Figures of the candidates and their comparisons, each with its training and setting."""
    candidates = {each.name: each for each in run.candidates}
    values = evaluate(
        truth,
        scores,
        run.pairs,
        thresholds=run.thresholds(),
        prevalences=run.prevalences(),
        n_replicates=run.options.replicates,
        seed=run.options.seed,
        workers=workers,
    )
    asked = [pair for pair in values["comparisons"] if not candidates[pair["model"]].control]
    corrected(asked, run.options.replicates)
    plain = Evaluated.of(values)
    return replace(
        plain,
        models={
            name: run.with_training(figures, candidates[name], truth)
            for name, figures in plain.models.items()
        },
        comparisons=[
            replace(each, setting=run.setting(candidates[each.model])) for each in plain.comparisons
        ],
    )


def of_scores(
    truth: Truth, scores: Sequence[Scores], pairs: Sequence[tuple[str, str]], options: Score
) -> Evaluated:
    """Figures of models whose probabilities were made elsewhere, and their comparisons."""
    values = evaluate(truth, scores, pairs, n_replicates=options.replicates, seed=options.seed)
    corrected(values["comparisons"], options.replicates)
    return Evaluated.of(values)


def metadata_baseline(truth: Truth, scores: Scores, options: Compare) -> MetadataOnly:
    """AUCs of the model that sees age, sex and view alone."""
    values = evaluate(truth, [scores], n_replicates=options.replicates, seed=options.seed)
    (figures,) = values["models"].values()
    return MetadataOnly(**{item.name: figures[item.name] for item in fields(MetadataOnly)})


def by_groups(
    images: Images, truth: Truth, scores: Sequence[Scores], options: Score | Compare
) -> Subgroups:
    """Figures by sex, age and view, of those variables that have at least two known groups."""
    meta = images.meta.iloc[images.rows(truth.ids)]
    variables = {
        "sex": meta["sex"].to_numpy(object),
        "age": subgroups.age_bands(meta["age"].to_numpy(float)),
        "view": meta["view"].to_numpy(object),
    }
    drawn = {"n_replicates": options.replicates, "seed": options.seed}
    return {
        one.model: {
            name: from_json(Groups, subgroups.by_group(truth, one, values, **drawn))
            for name, values in variables.items()
            if len(set(values) - {""}) > 1
        }
        for one in track(scores, "groups of patients", len(scores), "models")
    }
