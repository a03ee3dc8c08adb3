import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D

from reports.plots.page_layout import PLAIN, Key, Sheet, text_height, text_width, wrapped

LONG = "Pleural_Thickening with calcified plaques, lines/tubes and a_very_long_word_in_it"


@pytest.mark.parametrize("width", [0.3, 0.8, 2.0])
def test_no_line_is_wider_than_asked_and_no_letter_is_lost(width):
    shown = wrapped(LONG, PLAIN, width)
    assert text_width(shown, PLAIN) <= width
    assert shown.replace("\n", "").replace(" ", "") == LONG.replace(" ", "")


def test_text_that_fits_stays_in_its_lines():
    assert wrapped("Mass\nimages: 20", PLAIN, 3) == "Mass\nimages: 20"


def test_names_are_broken_after_an_underscore_before_a_letter_is_parted():
    assert wrapped("Pleural_Thickening", PLAIN, 0.8) == "Pleural_\nThickening"


def test_a_text_is_as_wide_as_it_is_drawn():
    sheet = Sheet.of(4, 1)
    sheet.text(0.1, 0.1, LONG, PLAIN)
    canvas = FigureCanvasAgg(sheet.figure)
    drawn = sheet.figure.texts[0].get_window_extent(canvas.get_renderer())
    assert text_width(LONG, PLAIN) == pytest.approx(drawn.width / sheet.figure.dpi, rel=0.02)


def test_axes_stand_where_they_are_placed_from_the_upper_left():
    place = Sheet.of(4, 2).axes(1, 0.5, 2, 1).get_position()
    assert place.bounds == pytest.approx((0.25, 0.25, 0.5, 0.5))


@pytest.mark.parametrize("width", [3.5, 7.2])
def test_a_legend_fits_its_height_and_the_width(width):
    names = [f"{LONG} {number}" if number % 3 else "cnn" for number in range(11)]
    key, sheet = Key.of(names, width), Sheet.of(width, 8)
    key.draw(sheet.figure, [Line2D([], []) for _ in names])
    canvas = FigureCanvasAgg(sheet.figure)
    canvas.draw()
    box = sheet.figure.legends[0].get_window_extent(canvas.get_renderer())
    dpi = sheet.figure.dpi
    assert box.x0 >= 0
    assert box.x1 <= width * dpi
    assert box.y0 >= (8 - key.height) * dpi
    assert text_height("a\nb", PLAIN) == 2 * text_height("a", PLAIN)


def test_a_single_name_needs_no_legend():
    sheet = Sheet.of(2, 2)
    Key.of(["cnn"], 2).draw(sheet.figure, [Line2D([], [])])
    assert sheet.figure.legends == []
