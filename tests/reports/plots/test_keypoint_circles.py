import numpy as np

from features.gallery import Patch
from features.local_descriptors import LocalDescriptors
from reports.plots import keypoint_circles as pictures
from reports.plots.plotting import save

IMAGE = np.zeros((100, 100), np.uint8)
FOUND = LocalDescriptors(
    np.zeros((2, 1)),
    np.array([[0.5, 0.25], [0.1, 0.9]]),
    np.array([0.2, 0.04]),
    np.array([90.0, 0.0]),
)


def test_circles_lie_at_the_keypoints_with_their_diameter():
    circles, _ = pictures.on_image(IMAGE, FOUND, "title").axes[0].collections
    assert circles.get_offsets().tolist() == [[50, 25], [10, 90]]
    np.testing.assert_allclose(circles.get_widths(), [20, 4])


def test_lines_point_along_the_orientation_y_downwards():
    _, lines = pictures.on_image(IMAGE, FOUND, "title").axes[0].collections
    np.testing.assert_allclose(lines.get_segments()[0], [[50, 25], [50, 35]], atol=1e-9)
    np.testing.assert_allclose(lines.get_segments()[1], [[10, 90], [12, 90]], atol=1e-9)


def test_an_image_without_keypoints_is_plotted_too(tmp_path):
    figure = pictures.on_image(IMAGE, LocalDescriptors.none(128), "nothing found")
    assert save(figure, tmp_path / "film.png").read_bytes().startswith(b"\x89PNG")


def test_a_gallery_has_a_row_for_each_word_with_its_share():
    patch = Patch(np.zeros((12, 12), np.uint8), "film", 0.5)
    figure = pictures.gallery({3: [patch, patch], 0: [patch]}, np.array([3, 0, 0, 1]), "title")
    labels = [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]
    assert labels == ["word 3\n25.00 %", "word 0\n75.00 %"]
    assert sum(bool(axes.images) for axes in figure.axes) == 3
