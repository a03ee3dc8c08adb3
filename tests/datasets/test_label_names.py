import numpy as np
import pandas as pd
import pytest

from datasets import chexpert_labels, label_names
from datasets.readers import nih
from errors import InvalidOption
from tests import fakes

KNOWN = ("PNEUMONIA", "Pleural_Thickening", "No Finding")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Pneumonia", 0), ("pleural thickening", 1), ("no-finding", 2), ("No Finding", 2)],
)
def test_labels_fit_whatever_their_case_spaces_and_punctuation(typed, meant):
    assert label_names.spelled(typed, KNOWN) == KNOWN[meant]


def test_a_name_that_two_labels_fit_is_one_of_them_only_if_it_is_exact():
    known = ("Mass", "mass")
    assert label_names.spelled("mass", known) == "mass"
    assert label_names.spelled("MASS", known) is None


def test_labels_are_chosen_in_the_order_typed_and_once():
    chosen = label_names.chosen("--labels", "no finding,Pneumonia,PNEUMONIA", KNOWN, "it")
    assert chosen == ["No Finding", "PNEUMONIA"]
    assert label_names.chosen("--labels", "", KNOWN, "it") == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Pnuemonia", r"got Pnuemonia; did you mean PNEUMONIA\?"),
        ("Gout", r"got Gout\. Leave --labels out"),
        ("Gout,no findings", r"got Gout, no findings; did you mean No Finding\?"),
    ],
)
def test_an_unknown_label_is_refused_and_a_near_miss_pointed_out(typed, words):
    with pytest.raises(InvalidOption, match=f"labels of the bundle, which has PNEUMONIA.*{words}"):
        label_names.chosen("--labels", typed, KNOWN, "the bundle")


def test_images_take_the_spelling_of_other_labels_in_table_and_boxes():
    boxes = pd.DataFrame({"id": "film0", "label": ["Pneumonia", "Gout"]})
    images = fakes.images(np.eye(2), label_names=("Pneumonia", "Hernia"), boxes=boxes)
    named = label_names.named_as(images, KNOWN)
    assert named.label_names == ("PNEUMONIA", "Hernia")
    assert named.boxes["label"].tolist() == ["PNEUMONIA", "Gout"]


def test_labels_that_would_become_one_keep_their_names():
    images = fakes.images(np.eye(2), label_names=("Pneumonia", "PNEUMONIA"))
    assert label_names.named_as(images, KNOWN).label_names == images.label_names


def test_two_labels_that_differ_in_few_letters_are_pointed_out():
    told = label_names.near_misses(["Pneumonia", "Edema", "Pnuemonia", "Grade 1", "Grade 2"])
    assert told == [
        "labels Pneumonia and Pnuemonia differ in few letters; if one is misspelled, correct it"
        " in the label table"
    ]


def test_findings_of_the_usual_sets_are_no_near_misses():
    usual = (*nih.LABELS, *chexpert_labels.LABELS)
    assert label_names.near_misses(list(dict.fromkeys(usual))) == []


def test_of_many_names_the_first_are_listed_and_the_others_counted():
    assert label_names.first_of(["a", "b"]) == "a, b"
    assert label_names.first_of([*"abcdefgh"]) == "a, b, c, d, e, f and 2 more"
