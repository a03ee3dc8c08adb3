"""Boosting in turns on blocks of columns: the histograms of large data are most of the work.

XGBoost sums up all columns for every node of a tree, also those that `colsample_bynode` then leaves
out. In turns of a few trees on a tenth of the columns, a tree takes a tenth of the time.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import xgboost
from scipy.special import logit

from models import label_boosting
from models.label_boosting import Parameters
from models.quantised import Quantised, Rounds

# Fewer numbers in a matrix than this are boosted as fast whole.
LEAST_NUMBERS = 40_000_000
MOST_BLOCKS = 10
TREES_A_TURN = 10


def column_blocks(images: int, width: int) -> list[slice]:
    """Every so many-th of the columns, for each block; one block for data that is not large."""
    blocks = min(MOST_BLOCKS, max(1, images * width // LEAST_NUMBERS))
    return [slice(first, width, blocks) for first in range(blocks)]


def boosted(
    training: Sequence[Quantised],
    validation: Sequence[Quantised],
    column: int,
    parameters: Parameters,
    rounds: int,
    stopping_rounds: int,
    doing: str,
) -> xgboost.Booster:
    """The booster of a label on all blocks, cut at its best round as on a single one."""
    if len(training) == 1:
        limits = rounds, stopping_rounds
        return label_boosting.boosted(
            training[0], validation[0], column, parameters, *limits, callbacks=[Rounds(doing)]
        )
    turns, losses = [], []
    for turn, found in _turns(training, validation, column, parameters, rounds, doing):
        turns.append(turn)
        losses += found
        if losses and len(losses) - 1 - np.argmin(losses) >= stopping_rounds:
            break
    width = sum(block.matrix.num_col() for block in training)
    kept = int(np.argmin(losses)) + 1 if losses else rounds
    return joined(turns, len(training), width, kept)


def _turns(
    training: Sequence[Quantised],
    validation: Sequence[Quantised],
    column: int,
    parameters: Parameters,
    rounds: int,
    doing: str,
) -> Iterator[tuple[xgboost.Booster, list[float]]]:
    """Trees of one block after the other, each turn with its validation losses.

    They are empty if validation lacks a class of the label. Each turn starts from the margins of
    the turns before.
    """
    blocks = list(zip(training, validation, strict=True))
    start = _intercept(training[0], column, parameters["scale_pos_weight"])
    share = min(1, parameters["colsample_bynode"] * len(blocks))
    chosen = parameters | {"base_score": start, "colsample_bynode": share}
    margins = [np.full(len(each.labels), logit(start)) for each in blocks[0]]
    for turn, first in enumerate(range(0, rounds, TREES_A_TURN)):
        pair = [each.with_label(column) for each in blocks[turn % len(blocks)]]
        for matrix, margin in zip(pair, margins, strict=True):
            matrix.set_base_margin(margin)
        seen: dict[str, Any] = {}
        booster = xgboost.train(
            chosen | {"seed": parameters["seed"] + first},
            pair[0],
            min(TREES_A_TURN, rounds - first),
            evals=[(pair[1], "validation")] if validation[0].has_both(column) else (),
            evals_result=seen,
            verbose_eval=False,
            callbacks=[Rounds(doing, first)],
        )
        margins = [booster.predict(matrix, output_margin=True) for matrix in pair]
        yield booster, [loss for log in seen.values() for each in log.values() for loss in each]


def _intercept(training: Quantised, column: int, positive_weight: float) -> float:
    """The probability with the smallest weighted loss among those equal for all images."""
    targets, weights = training.targets(column)
    weights = weights * np.where(targets == 1, positive_weight, 1)
    return float(targets @ weights / weights.sum())


def joined(
    turns: Sequence[xgboost.Booster], blocks: int, width: int, rounds: int
) -> xgboost.Booster:
    """One booster with the first trees of all turns, on all columns."""
    contents = [json.loads(turn.save_raw("json")) for turn in turns]
    models = [each["learner"]["gradient_booster"]["model"] for each in contents]
    trees = [
        _moved(tree, place % blocks, blocks, width)
        for place, each in enumerate(models)
        for tree in each["trees"]
    ][:rounds]
    whole, model = contents[0], models[0]
    whole["learner"]["learner_model_param"]["num_feature"] = str(width)
    model["trees"] = [tree | {"id": place} for place, tree in enumerate(trees)]
    model["tree_info"] = [0] * len(trees)
    model["iteration_indptr"] = list(range(len(trees) + 1))
    model["gbtree_model_param"]["num_trees"] = str(len(trees))
    return xgboost.Booster(model_file=bytearray(json.dumps(whole).encode()))


def _moved(tree: dict[str, Any], first: int, blocks: int, width: int) -> dict[str, Any]:
    """A tree of one block, on the columns of all."""
    columns = [first + blocks * column for column in tree["split_indices"]]
    size = tree["tree_param"] | {"num_feature": str(width)}
    return tree | {"split_indices": columns, "tree_param": size}
