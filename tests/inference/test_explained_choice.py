from dataclasses import replace

import numpy as np
import pytest

from datasets import sources
from inference.bundle_options import Explain
from inference.explained_choice import Decided, columns_shown, decided_images, wrong_first
from inference.label_decisions import columns_by_rule
from inference.working_bundle import WorkingBundle
from tests import explanations, fakes

BUNDLE = explanations.bundle()
FINDINGS = explanations.findings([0.4, 0.3, 0, 0.1], [0.9, 0.3, 0, 0.1], [0.6, 0.1, 0, 0.1])


@pytest.fixture
def images():
    """Of the labels known, the second image has one wrong call and the third has two."""
    return fakes.images(np.array([[0, 1], [0, 1], [0, 1]]), label_names=("Mass", "Edema"))


def columns(images, asked, wrong):
    """The columns of each image, chosen for it alone."""
    rows = [np.array([row]) for row in range(len(images))]
    return [
        columns_shown(images.select(row), FINDINGS.rows(row), BUNDLE, asked, wrong) for row in rows
    ]


@pytest.mark.parametrize("wrong", [True, False])
def test_labels_asked_for_are_shown_of_every_image(images, wrong):
    assert columns(images, [3, 0], wrong) == [[3, 0]] * 3


def test_labels_are_chosen_for_one_image_as_they_are_for_all(images):
    assert columns(images, [], False) == columns_by_rule(images, BUNDLE, FINDINGS)


def test_wrong_calls_are_shown_where_there_are_any(images):
    expected = [columns_by_rule(images, BUNDLE, FINDINGS)[0], [0], [0, 1]]
    assert columns(images, [], True) == expected


def test_the_image_with_the_worst_wrong_call_comes_first(images):
    shown = wrong_first(Decided(images, FINDINGS), BUNDLE, [], Explain(n_images=3))
    assert shown.images.ids.tolist() == ["film1", "film2", "film0"]
    assert shown.order.startswith("2 of 3")


def test_the_number_of_images_limits_a_data_set_but_not_named_images(images):
    decided = Decided(images, FINDINGS)
    assert len(wrong_first(decided, BUNDLE, [1], Explain(n_images=2)).images) == 2
    named = replace(Explain(n_images=2), image=["a.png"])
    shown = wrong_first(decided, BUNDLE, [1], named)
    assert shown.images.ids.tolist() == ["film2", "film0", "film1"]


def test_images_that_cannot_be_read_have_no_findings(place, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no image")
    paths = [tmp_path / "broken.png", *sorted((place / "films").rglob("*.png"))]
    working = WorkingBundle(place / "bundle")
    files = sources.images_of_files(paths, working.bundle.labels)
    decided = decided_images(working, files, 2)
    assert [image.id for image in decided.skipped] == ["broken.png"]
    assert decided.images.paths.tolist() == list(map(str, paths[1:]))
    assert decided.findings.calibrated.shape == (60, 2)
