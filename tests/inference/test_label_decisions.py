import json

import numpy as np
import pandas as pd
import pytest

from errors import InvalidOption
from inference import label_decisions
from tests import explanations, fakes

LABELS = explanations.LABELS


@pytest.fixture
def images():
    boxes = pd.DataFrame(
        {"id": "film1", "label": ["Hernia", "Elsewhere", "Hernia"], "x": 0, "y": 0, "width": 1}
    )
    labels = np.array([[1, 0], [np.nan, 1]])
    return fakes.images(labels, label_names=("Edema", "Mass"), boxes=boxes.assign(height=1))


def test_labels_asked_for_come_in_their_order_and_once():
    assert label_decisions.columns_asked("Edema, Mass,Edema", LABELS) == [1, 0]
    assert label_decisions.columns_asked("", LABELS) == []


def test_labels_asked_for_may_be_spelled_in_another_case():
    assert label_decisions.columns_asked("no finding,EDEMA", LABELS) == [3, 1]


def test_an_unknown_label_is_refused_with_those_known():
    with pytest.raises(InvalidOption, match=r"Mass, Edema, .*; got Lump\. Leave"):
        label_decisions.columns_asked("Mass,Lump", LABELS)


def test_labels_tell_by_box_first_then_by_probability_against_threshold(images):
    # Against thresholds 0.5, 0.2, none and 0.4.
    found = explanations.findings([0.4, 0.3, 0.9, 0.2], [0.4, 0.1, 0.9, 0.5])
    told = label_decisions.columns_by_rule(images, explanations.bundle(), found)
    assert told == [[1, 0, 3], [2, 3, 0]]


def test_labels_without_a_threshold_follow_all_others_by_probability():
    told = label_decisions.against_thresholds(
        np.array([0.2, 0.9, 0.0]), np.array([np.nan, np.nan, 0.0])
    )
    assert np.argsort(-told).tolist() == [2, 1, 0]


def test_a_decision_says_what_is_known_of_its_image_and_label(images):
    found = explanations.findings([0.4, 0.3, 0.9, 0.2], [0.4, 0.1, 0.9, 0.5])
    columns, bundle = [0, 1, 2], explanations.bundle()
    mass, edema, hernia = label_decisions.decisions(
        *(images, 1, bundle, found, columns, explanations.attribution(3))
    )
    assert (mass.image, mass.label, mass.present, mass.truth) == ("film1", "Mass", False, 1)
    assert mass.probability == pytest.approx(0.4)
    assert mass.raw_probability == pytest.approx(0.2)
    assert (edema.truth, edema.threshold) == (None, 0.2)
    assert (hernia.truth, hernia.threshold) == (None, None)
    json.dumps([vars(mass), vars(hernia)], allow_nan=False)


def test_attribution_is_told_by_family_and_sums_to_the_logit(images):
    found = explanations.findings([0.4, 0.3, 0.9, 0.2])
    (told,) = label_decisions.decisions(
        *(images, 0, explanations.bundle(), found, [3], explanations.attribution(1))
    )
    assert told.attribution == {"net": 2, "sift": 2}
    assert sum(told.attribution.values()) + told.bias == 3.5
    # 2 of 6 for the network; 3 + 1 for words, whatever their sign.
    assert told.shares == pytest.approx({"net": 1 / 3, "sift": 2 / 3})


def test_a_label_without_a_threshold_is_not_decided(images):
    found = explanations.findings([0.4, 0.3, 0.9, 0.2], [0.4, 0.1, 0.9, 0.5])
    (hernia,) = label_decisions.decisions(
        *(images, 0, explanations.bundle(), found, [2], explanations.attribution(1))
    )
    assert hernia.present is None


def test_a_family_moves_the_logit_up_or_down():
    assert explanations.decision(attribution={"net": -2.0, "sift": 1.0}).net == {
        "net": 2,
        "sift": 1,
    }
