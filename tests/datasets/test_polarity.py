import numpy as np
import pytest

from datasets import image_files
from datasets.polarity import bone_black
from tests import fakes

IMAGE = np.full((100, 100), 60, np.uint8)
IMAGE[:, 45:60] = 200


def test_a_bright_spine_is_no_negative():
    assert not bone_black(IMAGE)


def test_a_dark_spine_is_a_negative():
    assert bone_black(255 - IMAGE)


@pytest.mark.parametrize("plane", [np.zeros((20, 20), np.uint8), fakes.picture(0, 200)])
def test_where_it_is_unclear_the_answer_is_no(plane):
    assert not bone_black(plane)
    assert not bone_black(255 - plane)


@pytest.mark.real
def test_two_real_images_are_negatives_and_most_true_negatives_are_found(real_data):
    paths = sorted((real_data / "nih512" / "images").iterdir())
    planes = [image_files.read(path)[::4, ::4] for path in paths]
    found = [path.stem for path, plane in zip(paths, planes, strict=True) if bone_black(plane)]
    assert found == ["00017625_000", "00017999_000"]
    assert np.mean([bone_black(255 - plane) for plane in planes]) > 0.95
