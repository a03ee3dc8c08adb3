import numpy as np

from reports.plots.contact_sheet import Tile, sheet

WIDE, TALL = np.zeros((10, 40, 3), np.uint8), np.zeros((40, 10, 3), np.uint8)
NO_BOXES = np.empty((0, 4))


def drawn():
    boxed = Tile(WIDE, "Mass 0.71 present", np.array([[0.5, 0.5, 0.25, 0.5]]))
    rows = [[Tile(WIDE, "first", NO_BOXES), boxed], [Tile(TALL, "second", NO_BOXES)]]
    return sheet(rows, "title", "legend")


def test_every_tile_stands_under_its_caption():
    captions = [axes.get_title(loc="left") for axes in drawn().axes]
    assert captions == ["first", "Mass 0.71 present", "second"]


def test_rows_go_down_and_tiles_to_the_right():
    first, beside, below = (axes.get_position(original=True) for axes in drawn().axes)
    assert first.x0 == below.x0 < beside.x0
    assert first.y0 == beside.y0 > below.y1


def test_images_keep_their_aspect():
    assert all(axes.get_aspect() == 1 for axes in drawn().axes)


def test_boxes_lie_where_they_are():
    (box,) = drawn().axes[1].patches
    assert box.get_bbox().bounds == (20, 5, 10, 5)


def test_title_and_legend_are_shown():
    assert [text.get_text() for text in drawn().texts] == ["title", "legend"]


def test_a_long_legend_does_not_leave_the_sheet():
    figure = sheet([[Tile(WIDE, "", NO_BOXES)] * 2], "title", "a long legend that goes on " * 8)
    figure.draw_without_rendering()
    inside = figure.get_tightbbox()
    assert (inside.p0 >= 0).all()
    assert (inside.p1 <= figure.get_size_inches()).all()
