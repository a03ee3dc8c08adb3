import numpy as np
import pandas as pd
import pytest

from inference import explained
from inference.heatmaps import Evidence
from models.views import Block, Views
from tests import explanations, fakes


class Maps:
    """Maps whose level is the mean of the plane, and whose number is that of the labels."""

    bundle = explanations.bundle()

    def evidence(self, plane, views, columns):
        level = plane.mean() + views.arrays["net"][0, 0]
        maps = {"gradcam": np.full((len(columns), 2, 2), level)}
        return Evidence(maps, explanations.attribution(len(columns)), {"sift": plane.shape})


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
    views = Views({"net": Block(np.array([[10.0], [20.0]]), "deep")})
    found = explanations.findings([0.4, 0.3, 0.9, 0.2], [0.4, 0.1, 0.9, 0.5])
    first, second = explained.explained(Maps(), images, views, found, [[3], [0, 1]])
    assert [told.label for told in first.decisions] == ["No Finding"]
    assert [told.label for told in second.decisions] == ["Mass", "Edema"]
    assert first.maps["gradcam"].shape == (1, 2, 2)
    np.testing.assert_allclose(second.maps["gradcam"], fakes.picture(1).mean() + 20)
    assert [boxes.tolist() for boxes in second.boxes] == [
        [[0.1, 0.2, 0.3, 0.4]],
        [[0.5, 0.2, 0.3, 0.4]],
    ]
    assert first.boxes[0].shape == (0, 4)
    assert first.keypoints == {"sift": (64, 64)}


def test_files_are_named_by_image_and_label():
    told = explained.names_of(["a film.png", "b.png"], [["No Finding", "Mass"], []])
    assert list(told) == [("a_film", ["a_film-No_Finding", "a_film-Mass"]), ("b", [])]


def test_no_two_decisions_share_a_file():
    told = explained.names_of(["a.png", "a-b.png"], [["b-c", "x/y", "x y"], ["c", "Mass", "mass"]])
    names = [name.casefold() for _, names in told for name in names]
    assert len(set(names)) == 6


def test_names_of_files_are_harmless_and_differ():
    assert explained.stems(["a/b.png", "../x y.dcm", "c.png"]) == ["a_b", "x_y", "c"]
    assert explained.stems(["c.png", "c.jpg", "d.png"]) == ["c-1", "c-2", "d"]
