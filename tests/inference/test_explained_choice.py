from dataclasses import replace

import numpy as np
import pytest

from inference.bundle_options import Explain
from inference.explained_choice import chosen, wrong_first
from models.views import Block, Views
from tests import explanations, fakes

BUNDLE = explanations.bundle()
FOUND = explanations.findings([0.4, 0.3, 0, 0.1], [0.9, 0.3, 0, 0.1], [0.6, 0.1, 0, 0.1])
VIEWS = Views({"net": Block(np.arange(3, dtype=np.float32)[:, None], "deep")})


@pytest.fixture
def images():
    """Of the labels known, the second image has one wrong call and the third has two."""
    return fakes.images(np.array([[0, 1], [0, 1], [0, 1]]), label_names=("Mass", "Edema"))


def test_labels_asked_for_are_shown_of_every_image(images):
    shown = chosen(images, VIEWS, BUNDLE, FOUND, [3, 0])
    assert shown.columns == [[3, 0]] * 3
    assert shown.images is images


def test_rows_of_images_views_and_findings_stay_together(images):
    every = chosen(images, VIEWS, BUNDLE, FOUND, [])
    shown = wrong_first(every, BUNDLE, [], Explain(n_images=3))
    assert shown.images.ids.tolist() == ["film1", "film2", "film0"]
    assert shown.views.arrays["net"][:, 0].tolist() == [1, 2, 0]
    np.testing.assert_array_equal(shown.found.calibrated, FOUND.calibrated[[1, 2, 0]])
    assert shown.columns[:2] == [[0], [0, 1]]
    assert shown.columns[2] == every.columns[0]
    assert shown.order.startswith("2 of 3")


def test_of_a_data_set_so_many_are_shown_and_all_that_are_named(images):
    every = chosen(images, VIEWS, BUNDLE, FOUND, [1])
    assert len(wrong_first(every, BUNDLE, [1], Explain(n_images=2)).images) == 2
    named = replace(Explain(n_images=2), image=["a.png"])
    shown = wrong_first(every, BUNDLE, [1], named)
    assert shown.images.ids.tolist() == ["film2", "film0", "film1"]
    assert shown.columns == [[1]] * 3
