from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from datasets import studies
from datasets.images import Split
from errors import InvalidOption, MisalignedRows
from tests import fakes

NAN = np.nan
NAMES = np.array(["s1", "s2", "s1", "s3"], object)


@pytest.fixture
def images():
    labels = np.array([[1, NAN], [0, 0], [0, NAN], [NAN, 1]])
    meta = pd.DataFrame(
        {"age": [NAN, 40, 50, 60], "sex": ["", "M", "F", ""], "view": ["PA", "", "LATERAL", "AP"]}
    )
    split = Split("mine", np.array(["test", "train", "test", "test"], object))
    patients = ["p1", "p1", "p1", "p2"]
    return fakes.images(labels, patients, studies=NAMES, meta=meta, split=split)


def test_a_study_has_one_row_in_the_order_of_its_first_image(images):
    made = studies.grouped(images, "study")
    assert made.ids.tolist() == ["s1", "s2", "s3"]
    assert made.patients.tolist() == ["p1", "p1", "p2"]
    assert made.sets.tolist() == ["test", "train", "test"]
    assert made.unit == "study"


def test_a_finding_in_one_image_is_one_of_the_study(images):
    made = studies.grouped(images, "study")
    np.testing.assert_array_equal(made.labels, [[1, NAN], [0, 0], [NAN, 1]])


def test_age_and_sex_are_the_first_known_and_views_are_joined(images):
    meta = studies.grouped(images, "study").meta
    np.testing.assert_array_equal(meta["age"], [50, 40, 60])
    assert meta["sex"].tolist() == ["F", "M", ""]
    assert meta["view"].tolist() == ["LATERAL+PA", "", "AP"]


def test_a_note_counts_studies_and_those_whose_images_differ(images):
    note = studies.grouped(images, "study:max").notes[-1]
    assert note.startswith("unit: study. 4 images are 3 studies")
    assert "the highest of its images'" in note
    assert note.endswith("; 1 of them have images with different labels")


def test_an_image_without_a_study_is_one(images):
    without = fakes.images(np.zeros((2, 1)), studies=np.array(["", "s"], object))
    assert studies.grouped(without, "study").ids.tolist() == ["film0", "s"]


def test_a_study_of_two_patients_is_refused_by_name(images):
    mixed = fakes.images(np.zeros((4, 1)), ["p1", "p1", "p2", "p3"], studies=NAMES)
    with pytest.raises(MisalignedRows, match="'s1' of made up is of several"):
        studies.grouped(mixed, "study")


def test_studies_of_images_without_any_are_refused():
    with pytest.raises(InvalidOption, match="--unit study needs a data set that names studies"):
        studies.check_unit("study", fakes.images(np.zeros((2, 1))))


def test_an_unknown_unit_is_refused(images):
    with pytest.raises(InvalidOption, match="--unit must be one of image, study, study:max"):
        studies.check_unit("patient", images)


def test_exclusive_classes_are_evaluated_by_image_alone():
    classes = fakes.images(np.eye(2), studies=NAMES[:2], classes=("label0", "label1"))
    with pytest.raises(InvalidOption, match="the labels of made up are exclusive classes"):
        studies.check_unit("study", classes)


def test_a_study_keeps_the_site_of_its_images(images):
    sited = replace(images, meta=images.meta.assign(site=["east", "west", "east", "east"]))
    assert studies.grouped(sited, "study").meta["site"].tolist() == ["east", "west", "east"]
