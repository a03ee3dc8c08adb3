import numpy as np
import pandas as pd
import pytest

from datasets.images import Split
from reports.plots import image_sheet as pictures
from tests import fakes

LABELS = np.array([[1, 0], [1, 0], [1, 1], [0, 1], [1, 0]])


@pytest.fixture
def images():
    boxes = pd.DataFrame(
        {"id": ["film2"], "label": ["label0"], "x": 0.25, "y": 0.5, "width": 0.5, "height": 0.25}
    )
    parts = np.array(["train", "train", "train", "train", "test"], object)
    patients = ["p", "p", "q", "r", "s"]
    return fakes.images(LABELS, patients, boxes=boxes, split=Split("mine", parts))


def read(path):
    return np.zeros((40, 80), np.uint8)


def titles(row):
    return [axes.get_title() for axes in row if axes.get_title()]


def test_a_row_shows_training_images_of_its_label_boxed_first_and_one_a_patient(images):
    axes = np.array(pictures.sheet(images, read).axes).reshape(2, -1)
    assert titles(axes[0]) == ["film2", "film0"]
    assert titles(axes[1]) == ["film2", "film3"]


@pytest.mark.parametrize(
    ("image", "told"),
    [
        ("train/NORMAL/IM-0115-0001.jpeg", "…/NORMAL/IM-0115-0001.jpeg"),
        ("NORMAL/IM-0115-0001.jpeg", "NORMAL/IM-0115-0001.jpeg"),
        (f"a/{'x' * 30}.png", f"…{'x' * 23}.png"),
    ],
)
def test_an_id_too_long_for_its_image_loses_whole_folders_first(image, told):
    assert pictures.shortened(image) == told
    assert len(told) <= 28


def test_boxes_lie_where_they_are_and_say_whose_they_are(images):
    axes = np.array(pictures.sheet(images, read).axes).reshape(2, -1)
    (own,), (other,) = axes[0, 0].patches, axes[1, 0].patches
    assert own.get_bbox().bounds == (20, 20, 40, 10)
    assert own.get_edgecolor() != other.get_edgecolor()


def test_an_image_keeps_its_aspect(images):
    assert pictures.sheet(images, read).axes[0].get_aspect() == 1


IMAGES = np.arange(2 * 16, dtype=np.uint8).reshape(2, 4, 4)
CHANGED = np.stack([IMAGES + 1.0, IMAGES + 2.0, IMAGES + 3.0])


def test_each_image_stands_before_its_augmented_forms_on_one_scale():
    figure = pictures.augmentations(IMAGES, CHANGED, "a title")
    shown = [axes.images[0] for axes in figure.axes]
    assert len(shown) == 2 * 4
    for row, image in enumerate(IMAGES):
        for column, difference in enumerate((0, 1, 2, 3)):
            drawn = shown[4 * row + column]
            np.testing.assert_array_equal(drawn.get_array(), image + difference)
            assert drawn.get_clim() == (0, 255)
    assert figure.get_suptitle() == "a title"
