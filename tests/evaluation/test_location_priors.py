import numpy as np
import pytest

from datasets.options import Reading
from datasets.readers.nih import Nih
from evaluation.localisation import pointing
from evaluation.location_priors import GRID, by_chance, centre, location_priors

LEFT, RIGHT = np.array([[0.0, 0.0, 0.5, 1.0]]), np.array([[0.5, 0.0, 0.5, 1.0]])


def test_a_prior_counts_the_images_of_other_patients_alone():
    patients = np.array(["a", "a", "b", "c"])
    priors = location_priors([LEFT, LEFT, RIGHT, RIGHT], np.array(["Mass"] * 4), patients)
    half = GRID // 2
    assert (priors[0, :, :half] == 0).all()
    assert (priors[0, :, half:] == 2).all()
    assert (priors[2, :, :half] == 2).all()
    assert (priors[2, :, half:] == 1).all()


def test_a_prior_is_that_of_its_finding():
    findings, patients = np.array(["Mass", "Mass", "Edema"]), np.array(["a", "b", "c"])
    priors = location_priors([LEFT, LEFT, RIGHT], findings, patients)
    assert pointing(priors[0], LEFT) == 1
    assert pointing(priors[0], RIGHT) == 0


def test_where_no_other_patient_has_the_finding_all_findings_count():
    findings, patients = np.array(["Mass", "Edema"]), np.array(["a", "b"])
    priors = location_priors([LEFT, RIGHT], findings, patients)
    assert pointing(priors[0], RIGHT) == 1


def test_boxes_of_one_image_count_once_where_they_overlap():
    twice = np.vstack([LEFT, LEFT])
    priors = location_priors([twice, RIGHT], np.array(["Mass"] * 2), np.array(["a", "b"]))
    assert priors[1].max() == 1


def test_the_centre_is_in_a_box_or_not():
    assert centre(np.array([[0.4, 0.4, 0.2, 0.2]])) == 1
    assert centre(np.array([[0.6, 0.4, 0.2, 0.2]])) == 0


def test_chance_hits_as_often_as_many_random_points():
    boxes = np.array([[0.1, 0.1, 0.3, 0.3], [0.2, 0.2, 0.3, 0.3]])
    assert by_chance(boxes) == pytest.approx(0.09 + 0.09 - 0.04)


@pytest.mark.real
def test_blind_guesses_hit_all_of_nihs_boxes_as_often_as_is_known(real_data):
    root = real_data / "nih_metadata"
    images = Nih.load(root, Reading(data=root, images=False))
    table = images.boxes
    boxes = list(table[["x", "y", "width", "height"]].to_numpy(float)[:, None])
    patients = images.patients[images.rows(table["id"].to_numpy(object))]
    priors = location_priors(boxes, table["label"].to_numpy(object), patients)
    cardiomegaly = (table["label"] == "Cardiomegaly").to_numpy()
    assert len(boxes) == 984
    in_centre = np.array([centre(each) for each in boxes])
    assert 0.215 <= in_centre.mean() <= 0.22
    assert in_centre[cardiomegaly].mean() == pytest.approx(0.97, abs=0.005)
    by_prior = np.array([pointing(*pair) for pair in zip(priors, boxes, strict=True)])
    assert by_prior.mean() == pytest.approx(0.4, abs=0.015)
    assert by_prior[cardiomegaly].mean() >= 0.98
    assert np.mean([by_chance(each) for each in boxes]) == pytest.approx(0.076, abs=0.002)
