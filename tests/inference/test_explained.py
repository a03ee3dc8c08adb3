from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from datasets.images import Skipped
from inference import explained
from inference.heatmaps import Evidence
from inference.working_bundle import Ready
from models.views import Block, Views
from tests import explanations, fakes


class Working:
    """A bundle whose only feature is the mean of an image."""

    bundle = explanations.bundle()
    extractors = MappingProxyType({})

    def prepare(self, plane, known):
        return Ready({"net": np.array([plane.mean()])}, {})

    def joined(self, images, meta):
        return Views({"net": Block(np.array([each.features["net"] for each in images]), "deep")})

    def findings(self, views):
        return explanations.findings(*np.full((len(views), 4), 0.4))


class Maps:
    """Maps whose level is the mean of the plane and the feature, one for each label."""

    bundle = explanations.bundle()
    placeless = ()

    def evidence(self, plane, keypoints, views, columns):
        level = plane.mean() + views.arrays["net"][0, 0]
        maps = {"gradcam": np.full((len(columns), 2, 2), level)}
        return Evidence(maps, explanations.attribution(len(columns)))


@pytest.fixture
def images(tmp_path):
    paths = [tmp_path / f"{number}.png" for number in range(2)]
    for number, path in enumerate(paths):
        fakes.write_picture(path, number)
    boxes = pd.DataFrame(
        {"id": "film1", "label": ["Mass", "Edema"], "x": [0.1, 0.5], "y": 0.2, "width": 0.3}
    )
    files = np.array(list(map(str, paths)), object)
    return fakes.images(np.zeros((2, 1)), paths=files, boxes=boxes.assign(height=0.4))


def test_every_image_comes_with_its_own_labels_maps_and_boxes(images):
    columns = {"film0": [3], "film1": [0, 1]}
    made = explained.explained(Maps(), Working(), images, lambda i, f: columns[i.ids[0]], jobs=2)
    first, second = made
    assert [each.label for each in first.decisions] == ["No Finding"]
    assert [each.label for each in second.decisions] == ["Mass", "Edema"]
    assert first.maps["gradcam"].shape == (1, 2, 2)
    np.testing.assert_allclose(second.maps["gradcam"], 2 * fakes.picture(1).mean())
    assert [boxes.tolist() for boxes in second.boxes] == [
        [[0.1, 0.2, 0.3, 0.4]],
        [[0.5, 0.2, 0.3, 0.4]],
    ]
    assert first.boxes[0].shape == (0, 4)
    assert second.names == ["film1-Mass", "film1-Edema"]


def test_an_image_that_cannot_be_read_keeps_its_place(images):
    with open(images.paths[0], "wb") as file:
        file.write(b"no image")
    first, second = explained.explained(Maps(), Working(), images, lambda i, f: [0], jobs=2)
    assert first == Skipped("film0", "neither PNG, JPEG nor DICOM")
    assert second.stem == "film1"


def test_files_are_named_by_image_and_label():
    names = explained.names_of(["a film.png", "b.png"], ["No Finding", "Mass"])
    assert list(names) == [
        ("a_film", ["a_film-No_Finding", "a_film-Mass"]),
        ("b", ["b-No_Finding", "b-Mass"]),
    ]


def test_no_two_decisions_share_a_file():
    labels = ["b-c", "c", "x/y", "x y", "Mass", "mass"]
    named = explained.names_of(["a.png", "a-b.png"], labels)
    names = [name.casefold() for _, names in named for name in names]
    assert len(set(names)) == 12


def test_names_of_files_are_harmless_and_differ():
    assert explained.stems(["a/b.png", "../x y.dcm", "c.png"]) == ["a_b", "x_y", "c"]
    assert explained.stems(["c.png", "c.jpg", "d.png"]) == ["c-1", "c-2", "d"]
