from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from datasets.images import Split
from evaluation.truth import Truth
from reports import provenance
from reports.report_figures import LabelFigures
from reports.report_tree import Count
from tests import fakes


def test_labels_are_counted_among_the_images_that_report_them():
    labels = np.array([[1, np.nan], [0, 1], [1, np.nan]])
    counts = provenance.prevalences({"test": labels}, ["a", "b"])
    assert counts["a"]["test"] == Count(positives=2, images=3)
    assert counts["b"]["test"] == Count(positives=1, images=1)


def test_options_become_what_json_knows():
    told = provenance.plain({"views": ("deep",), "data": Path("x"), "split": None, "seed": 3})
    assert told == {"views": ["deep"], "data": "x", "split": None, "seed": 3}


def test_labels_of_few_patients_are_named_with_how_many_there_are():
    ids = np.array([f"f{number}" for number in range(40)], object)
    # The first label: 18 images of 9 patients; the second: 20 of 10; the third: none has it.
    patients = np.arange(40) // 2
    labels = np.stack([np.arange(40) < 18, np.arange(40) < 20, np.zeros(40)], axis=1).astype(float)
    truth = Truth(ids, patients, labels, ("a", "b", "c"))
    (note,) = provenance.data_of(fakes.images(labels), truth, []).notes
    assert note.endswith("the finding: a 9")


def test_labels_of_too_few_patients_for_an_interval_are_counted_among_those_in_the_macro():
    labels = np.stack([np.arange(40) < 8, np.arange(40) < 9, np.zeros(40)], axis=1).astype(float)
    ids = np.array([f"f{number}" for number in range(40)], object)
    told = provenance.too_few(Truth(ids, np.arange(40) // 2, labels, ("a", "b", "c")))
    assert told == [
        "1 of the 2 labels in the macro AUC has fewer than 5 patients with or without the"
        " finding: a",
        "intervals are too narrow for labels with fewer than 10 patients with or without the"
        " finding: b 5",
    ]


def under(labels, *parts):
    return fakes.images(labels, label_names=("Mass", "Hernia"), split=Split("s", np.array(parts)))


def test_a_label_that_cannot_be_learned_is_named_with_its_reason():
    labels = np.array([[1, 0], [0, 0], [1, np.nan], [1, 1]])
    images = under(labels, "train", "train", "train", "test")
    assert provenance.not_learned([images]) == [
        "Hernia has no positive among 3 training images and gets a constant probability"
    ]


def test_of_folds_those_are_named_in_which_a_label_cannot_be_learned():
    labels = np.array([[1, 0], [0, 1], [1, 0], [1, 0]])
    folds = [
        under(labels, "train", "test", "train", "train"),
        under(labels, "test", "train", "train", "train"),
        under(labels, "train", "test", "test", "train"),
    ]
    assert provenance.not_learned(folds) == [
        "Mass has no negative among 3 training images of fold 1, 2 training images of fold 3"
        " and gets a constant probability",
        "Hernia has no positive among 3 training images of fold 1, 2 training images of fold 3"
        " and gets a constant probability",
    ]


def test_labels_that_are_not_decided_on_all_images_are_named():
    none = LabelFigures(**dict.fromkeys(item.name for item in fields(LabelFigures)))
    counts = replace(none, images=300, images_decided=120, threshold=0.5)
    whole = replace(counts, images_decided=300)
    never = replace(counts, images_decided=0, threshold=None)
    notes = provenance.partly_decided({"Hernia": counts, "Mass": whole, "Edema": never})
    assert notes == [
        "not decided, because no validation image has the finding to choose a threshold by: Edema",
        "Hernia is decided on 120 of 300 images: in the other folds no validation image has the"
        " finding, so there is no threshold",
    ]
