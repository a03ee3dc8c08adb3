from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datasets.images import BOX_COLUMNS, Split
from features.recipe import digest_of_ids
from inference import boxed_images, images_to_evaluate
from inference.boxed_images import Looker, cases_of
from models.bundle import Bundle
from models.bundled_view import BundledView
from tests import fakes

BOXES = [
    ("film2", "Edema", 0.0, 0.0, 0.5, 0.5),
    ("film0", "Mass", 0.1, 0.2, 0.3, 0.4),
    ("film2", "Mass", 0.5, 0.5, 0.1, 0.1),
    ("film0", "Mass", 0.6, 0.6, 0.2, 0.2),
    ("film1", "Goitre", 0.0, 0.0, 0.1, 0.1),
]


@pytest.fixture
def images():
    split = Split("by hand", np.array(["train", "validation", "test"], object))
    boxes = pd.DataFrame(BOXES, columns=list(BOX_COLUMNS))
    return fakes.images(np.ones((3, 2)), ["a", "a", "b"], boxes=boxes, split=split)


@pytest.fixture
def bundle(images):
    recipe = {"trained_on": digest_of_ids(images.ids[images.train])}
    views = {"net": BundledView("deep", {"trained_on": None}, {}, b"")}
    views["words"] = BundledView("words", recipe, {}, b"")
    labels = ("Edema", "Mass")
    return Bundle("made_up", None, labels, views, None, None, images.source, images.split_name)


def test_a_case_is_an_image_with_all_its_boxes_of_one_finding(images):
    cases = cases_of(images, ("Mass", "Edema"))
    assert cases.findings.tolist() == ["Mass", "Mass", "Edema"]
    assert images.ids[cases.rows].tolist() == ["film0", "film2", "film2"]
    assert cases.patients.tolist() == ["a", "b", "b"]
    np.testing.assert_allclose(cases.boxes[0], [[0.1, 0.2, 0.3, 0.4], [0.6, 0.6, 0.2, 0.2]])


def test_cases_can_be_chosen_with_their_boxes(images):
    chosen = cases_of(images, ("Mass", "Edema")).select(np.array([False, True, True]))
    assert len(chosen) == 2
    assert [len(boxes) for boxes in chosen.boxes] == [1, 1]


def test_without_boxes_there_are_no_cases(images):
    assert len(cases_of(images, ("Fibrosis",))) == 0


def test_boxes_of_labels_that_the_bundle_does_not_know_are_counted(images, bundle):
    (note,) = boxed_images.notes(images, bundle, unseen=True)
    assert "does not know, Goitre 1" in note


def test_images_that_were_learned_from_are_told(images, bundle):
    notes = boxed_images.notes(images, bundle, unseen=False)
    assert any("include training or validation images" in note for note in notes)


@pytest.mark.parametrize("changed", ["data", "split", "films"])
def test_a_bundle_of_other_images_may_have_seen_these(images, bundle, changed):
    if changed == "films":
        images = replace(images, split=Split("by hand", images.sets[::-1]))
    else:
        bundle = replace(bundle, **{changed: "another"})
    assert not images_to_evaluate.learned_from(images, bundle)
    assert any(
        "it is not known" in note for note in boxed_images.notes(images, bundle, unseen=True)
    )


class Predictor:
    """Knows how long a image's side is."""

    extractors = None

    def __init__(self, bundle):
        self.bundle = bundle

    def views(self, planes, meta, ids):
        return [len(plane) for plane in planes]


class Heatmaps:
    """Maps of one cell row: the image's view, the label's column, and what the classifier is."""

    def __init__(self, bundle, methods, layer, extractors):
        self.classifier = bundle.classifier

    def of(self, planes, views, columns):
        return {"camera": np.array([[[[view, *columns, self.classifier]]] for view in views])}


@pytest.mark.parametrize("at_once", [1, 16])
def test_every_case_gets_its_images_map_of_its_label(
    images, bundle, monkeypatch, tmp_path, at_once
):
    monkeypatch.setattr(boxed_images, "Heatmaps", Heatmaps)
    monkeypatch.setattr(boxed_images, "CASES_AT_ONCE", at_once)
    paths = [str(tmp_path / f"{number}.png") for number in range(3)]
    for number, path in enumerate(paths):
        fakes.write_picture(Path(path), number, size=20 + number)
    looker = Looker(replace(images, paths=np.array(paths, object)), Predictor(bundle))
    cases = cases_of(images, bundle.labels)
    look = looker.looks(cases, classifier=7)["camera"]
    # Edema is the bundle's column 0, Mass its column 1.
    assert [heat[0].tolist() for heat in look.maps] == [[22, 0, 7], [20, 1, 7], [22, 1, 7]]
    np.testing.assert_allclose(look.boxes[1], cases.boxes[1])
