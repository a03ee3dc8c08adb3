import numpy as np
import pytest

from errors import BadScores
from evaluation.truth import Truth

IDS = np.array(["a", "b", "c"], object)
PATIENTS = np.array(["p", "p", "q"], object)
LABELS = np.array([[1, 0], [0, np.nan], [1, 1]])
NAMES = ("Mass", "Edema")


def test_images_and_labels_are_chosen_by_name_in_the_order_asked_for():
    chosen = Truth(IDS, PATIENTS, LABELS, NAMES).over(np.array(["c", "a"]), ["Edema", "Mass"])
    assert chosen.ids.tolist() == ["c", "a"]
    assert chosen.patients.tolist() == ["q", "p"]
    assert chosen.labels.tolist() == [[1, 1], [0, 1]]
    assert chosen.label_names == ("Edema", "Mass")


def test_ids_without_labels_are_refused_with_their_count():
    with pytest.raises(BadScores, match="1 of 2 are not, such as 'z'"):
        Truth(IDS, PATIENTS, LABELS, NAMES).over(np.array(["z", "a"]), NAMES)


def test_every_image_has_a_patient():
    with pytest.raises(BadScores, match="3 images came with 2 patients"):
        Truth(IDS, PATIENTS[:2], LABELS, NAMES)


def test_an_uncertain_label_is_refused_rather_than_counted_as_absent():
    with pytest.raises(BadScores, match=r"got \[-1, 0, 1\]"):
        Truth(IDS, PATIENTS, np.array([[1, 0], [-1, 0], [1, 1]]), NAMES)


def test_patients_of_each_site_are_a_stratum_also_of_chosen_images():
    sites = np.array(["east", "west", "east"], object)
    truth = Truth(IDS, np.array(["p", "q", "r"], object), LABELS, NAMES, sites)
    assert [each.tolist() for each in truth.strata] == [[0, 2], [1]]
    assert [each.tolist() for each in truth.over(IDS[1:], NAMES).strata] == [[1], [0]]


def test_images_of_one_data_set_have_no_strata():
    assert Truth(IDS, PATIENTS, LABELS, NAMES).strata == []
