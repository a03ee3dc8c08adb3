from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from datasets.images import Split
from errors import InvalidOption
from pipelines.command_options import Compare
from pipelines.comparing import turns
from tests import fakes

IN_TURN = Compare(also=["b"], leave_site_out=True)


@pytest.fixture
def pooled():
    """Two sites, of which both report the first label, and one the second."""
    nan = np.nan
    labels = np.array([[1, 0], [0, 1], [1, nan], [0, nan]])
    meta = pd.DataFrame({"age": 50.0, "sex": "F", "view": "PA", "site": ["a", "a", "b", "b"]})
    sets = np.array(["train", "test"] * 2, object)
    return fakes.images(labels, meta=meta, split=Split("both", sets))


@pytest.mark.parametrize(("split", "n_aside"), [("mine.json", 12), ("mine.json", 0), ("auto", 0)])
def test_a_note_says_what_folds_keep_of_a_split(split, n_aside):
    parts = np.where(np.arange(60) < n_aside, "", np.array(["train", "test"] * 30))
    images = fakes.images(np.ones((60, 1)), split=Split("mine", parts.astype(object)))
    images, _ = turns.splits_of(images, Compare(folds=3, split=split))
    note = f"folds replace the split mine; the {n_aside} images that are in none of its sets"
    assert [note in each for each in images.notes] == [True] * (split != "auto")


def test_without_folds_the_split_is_the_data_sets_own(pooled):
    images, (split,) = turns.splits_of(pooled, Compare())
    assert split == pooled.split
    assert images.label_names == pooled.label_names


def test_each_site_is_a_split_over_the_labels_that_both_report(pooled):
    images, chosen = turns.splits_of(pooled, IN_TURN)
    assert images.label_names == ("label0",)
    assert [split.name for split in chosen] == ["a left out", "b left out"]


def test_splits_are_named_by_fold_or_by_site(pooled):
    out = replace(pooled, split=Split("a left out", pooled.sets))
    assert turns.name_of(out, 1, IN_TURN) == "a left out"
    assert turns.name_of(pooled, 2, Compare(folds=3)) == "fold 2"
    assert turns.name_of_all(pooled, IN_TURN) == "each site left out in turn: a, b"
    assert turns.name_of_all(pooled, Compare(folds=3)) == "3 folds by patient, seed 0"


@pytest.mark.parametrize("options", [{}, {"also": ["b"], "folds": 3}])
def test_leaving_sites_out_takes_several_sites_and_no_folds(options):
    with pytest.raises(InvalidOption, match="--leave-site-out"):
        turns.check(Compare(leave_site_out=True, **options))
