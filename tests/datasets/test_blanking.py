import numpy as np
import pytest

from datasets.blanking import Blanking
from errors import MisalignedRows

PLANE = np.arange(1, 101, dtype=np.uint8).reshape(10, 10)
BOXES = {"a": np.array([[0, 0, 0.2, 0.5], [0.8, 0.9, 0.2, 0.1]]), "none": np.empty((0, 4))}


def test_boxes_are_filled_with_the_mean_of_the_image():
    expected = PLANE.copy()
    expected[:5, :2] = expected[9, 8:] = round(PLANE.mean())
    np.testing.assert_array_equal(Blanking(BOXES)(PLANE, "a", "d"), expected)


def test_outside_fills_everything_else():
    inside = Blanking(BOXES, fill=0)(PLANE, "a", "d")
    outside = Blanking(BOXES, outside=True, fill=0)(PLANE, "a", "d")
    np.testing.assert_array_equal(inside + outside, PLANE)
    assert np.count_nonzero(outside) == 12


def test_an_image_with_no_box_stays_as_it_is():
    np.testing.assert_array_equal(Blanking(BOXES)(PLANE, "none", "d"), PLANE)


def test_an_image_without_a_list_of_boxes_is_refused():
    with pytest.raises(MisalignedRows, match="'b' has none"):
        Blanking(BOXES)(PLANE, "b", "d")


def test_other_boxes_are_another_key_and_the_recipe_stays():
    one, other = Blanking(BOXES), Blanking({"a": BOXES["a"][:1]})
    assert one.key("a", "d") != other.key("a", "d")
    assert one.key("a", "d") == Blanking(dict(BOXES)).key("a", "d")
    assert one.key("a", "d") != one.key("a", "e")
    assert one.recipe == other.recipe
    assert one.recipe != Blanking(BOXES, outside=True).recipe
