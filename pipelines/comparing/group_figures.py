"""Figures of a model by sex, age and view."""

from typing import Any

from datasets.images import Images
from evaluation import subgroups
from evaluation.scores import Scores
from evaluation.truth import Truth
from pipelines.command_options import Compare, Score


def by_groups(
    images: Images, truth: Truth, scores: Scores, options: Score | Compare
) -> dict[str, Any]:
    """Verdict by sex, age and view, of those that the label table tells at least two groups of."""
    meta = images.meta.iloc[images.rows(truth.ids)]
    variables = {
        "sex": meta["sex"].to_numpy(object),
        "age": subgroups.age_bands(meta["age"].to_numpy(float)),
        "view": meta["view"].to_numpy(object),
    }
    return {
        name: subgroups.by_group(
            truth, scores, values, n_replicates=options.replicates, seed=options.seed
        )
        for name, values in variables.items()
        if len(set(values) - {""}) > 1
    }
