import re
from dataclasses import fields, replace

import numpy as np

from datasets.images import Caution, Split
from evaluation.truth import Truth
from reports import cautions, report_page, screen
from reports.report_figures import LabelFigures
from reports.report_tree import Backbone, Report
from tests import fakes
from tests.reports.comparisons import TRAINED, truth, values


def report(**changes):
    return Report.of(values(("sharp",), replicates=2000, **changes)[0])


def test_a_caution_among_the_notes_stands_with_the_others():
    data = replace(report().data, notes=["a table", Caution("patients are unknown")])
    found = cautions.completed(replace(report(cautions=["weight 0"]), data=data), truth())
    assert found.data.notes == ["a table"]
    assert found.cautions[:2] == ["weight 0", "patients are unknown"]


def test_report_json_the_page_and_the_screen_list_the_same_cautions():
    told = cautions.completed(report(cautions=["weight 0"]), truth())
    assert told.as_json()["cautions"] == told.cautions
    box = report_page.page(told, []).partition('<section class="cautions"')[2].partition("</ul>")
    assert re.findall("<li>(.*?)</li>", box[0]) == told.cautions
    shown = " ".join(" ".join(screen.lines(told)).split())
    assert [one for one in told.cautions if f"caution: {one}" not in shown] == []


def test_rare_labels_have_an_auc_and_fewer_than_ten_patients_on_one_side():
    labels = np.stack([np.arange(40) < 18, np.arange(40) < 20, np.zeros(40)], axis=1).astype(float)
    ids = np.array([f"f{number}" for number in range(40)], object)
    known = Truth(ids, np.arange(40) // 2, labels, ("a", "b", "c"))
    assert cautions.rare(known) == ["a"]


def test_a_label_of_one_class_is_named_with_the_reason():
    assert "no AUC for Never: all or none of these images have it" in (
        cautions.completed(report(), truth()).cautions
    )


def test_synthetic_images_random_weights_and_guessed_patients_are_cautions():
    made = report(synthetic=True)
    guessed = replace(
        made,
        data=replace(made.data, patients_from="file names"),
        backbones=[Backbone("resnet50", "random", None), Backbone("own", "a.keras", "12")],
    )
    assert cautions.completed(guessed, truth()).cautions[:3] == [
        "the images are synthetic, so the figures show nothing about patients",
        "the weights of resnet50 are random: no images trained the network",
        "patients are guessed by file names: check that this is right",
    ]


def test_one_training_seed_and_few_replicates_are_cautions():
    told, _, _ = values(("sharp",), replicates=60)
    told["models"]["sharp"] |= TRAINED | {"macro_auc_by_seed": [0.9]}
    one_seed, few = cautions.completed(Report.of(told), truth()).cautions[-2:]
    assert one_seed.startswith("each model has one training seed")
    assert few == "intervals come from 60 replicates; 2,000 are usual (--replicates 2000)"


def test_labels_of_too_few_patients_for_an_interval_are_counted_among_those_in_the_macro():
    labels = np.stack([np.arange(40) < 8, np.arange(40) < 9, np.zeros(40)], axis=1).astype(float)
    ids = np.array([f"f{number}" for number in range(40)], object)
    told = cautions.too_few(Truth(ids, np.arange(40) // 2, labels, ("a", "b", "c")))
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
    assert cautions.not_learned([images]) == [
        "Hernia has no positive among 3 training images and gets a constant probability"
    ]


def test_of_folds_those_are_named_in_which_a_label_cannot_be_learned():
    labels = np.array([[1, 0], [0, 1], [1, 0], [1, 0]])
    folds = [
        under(labels, "train", "test", "train", "train"),
        under(labels, "test", "train", "train", "train"),
        under(labels, "train", "test", "test", "train"),
    ]
    assert cautions.not_learned(folds) == [
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
    notes = cautions.partly_decided({"Hernia": counts, "Mass": whole, "Edema": never})
    assert notes == [
        "not decided, because no validation image has the finding to choose a threshold by: Edema",
        "Hernia is decided on 120 of 300 images: in the other folds no validation image has the"
        " finding, so there is no threshold",
    ]
