import numpy as np

from models.row_view import Rows
from models.views import Block, Views

IMAGES = np.arange(20, dtype=np.uint8).reshape(5, 4)


def test_choosing_rows_of_chosen_rows_copies_none():
    chosen = Rows.all_of(IMAGES)[np.array([True, False, True, True, False])][[2, 0]]
    assert chosen.base is IMAGES
    np.testing.assert_array_equal(np.asarray(chosen), IMAGES[[3, 0]])


def test_it_passes_for_the_array_it_would_make():
    chosen = Rows.all_of(IMAGES)[[4, 4, 1]]
    assert (len(chosen), chosen.shape, chosen.dtype) == (3, (3, 4), np.uint8)
    assert np.asarray(chosen, np.float32).dtype == np.float32


def test_views_select_rows_as_from_an_array():
    views = Views({"pixels": Block(Rows.all_of(IMAGES), "pixels")}).select(np.array([3, 1]))
    assert views.widths == {"pixels": 4}
    np.testing.assert_array_equal(views.stacked(), IMAGES[[3, 1]])


def test_columns_are_chosen_of_chosen_rows():
    chosen = Rows.all_of(IMAGES)[[3, 1]].with_columns(np.array([0, 0, 2]))
    assert chosen.shape == (2, 3)
    np.testing.assert_array_equal(np.asarray(chosen[:1]), IMAGES[[3]][:, [0, 0, 2]])
