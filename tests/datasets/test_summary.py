import numpy as np

from datasets.images import Skipped, Split
from datasets.summary import cooccurrence, split_counts, summarise
from tests import fakes

LABELS = np.array([[1, 1], [0, np.nan], [1, 0], [0, 1]])
PARTS = np.array(["train", "train", "test", ""], object)


def test_cooccurrence_counts_images_with_both_labels():
    assert cooccurrence(LABELS).tolist() == [[2, 1], [1, 2]]


def test_the_split_is_counted_in_images_and_patients():
    images = fakes.images(LABELS, ["a", "a", "b", "c"], split=Split("mine", PARTS))
    assert split_counts(images) == {
        "name": "mine",
        "films": {"train": 2, "validation": 0, "test": 1},
        "patients": {"train": 1, "validation": 0, "test": 1},
        "films_in_no_part": 1,
        "shared_patients": 0,
    }


def test_how_many_patients_parts_share_is_not_told_where_nobody_knows():
    images = fakes.images(LABELS, split=Split("mine", PARTS), patients_from="one patient per image")
    assert split_counts(images)["shared_patients"] is None


def test_positives_are_counted_by_part_and_unreported_labels_apart():
    summary = summarise(fakes.images(LABELS, split=Split("mine", PARTS)))
    assert summary["positives"]["train"] == {"label0": 1, "label1": 1}
    assert summary["positives"]["all"] == {"label0": 2, "label1": 2}
    assert summary["not_reported"] == {"label0": 0, "label1": 1}


def test_skipped_images_are_counted_by_reason():
    skipped = (Skipped("a", "torn"), Skipped("b", "torn"), Skipped("c", "lost"))
    assert summarise(fakes.images(LABELS, skipped=skipped))["skipped"] == {"torn": 2, "lost": 1}
