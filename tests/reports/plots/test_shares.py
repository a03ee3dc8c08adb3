import numpy as np
import pytest

from reports.plots.plotting import WIDTHS
from reports.plots.shares import bars
from tests.reports.plots import boxes

SHARES = {
    "Mass": {"net": 0.5, "sift": 0.47, "orb": 0.03},
    "Edema": {"net": 0.1, "sift": 0.9, "orb": 0},
}


def test_parts_of_a_bar_follow_each_other_up_to_a_hundred():
    (axes,) = bars(SHARES, "title").axes
    ends = [[part.get_x() + part.get_width() for part in family] for family in axes.containers]
    np.testing.assert_allclose(ends, [[50, 10], [97, 100], [100, 100]])


def test_labels_stand_in_their_order_from_the_top():
    (axes,) = bars(SHARES, "title").axes
    assert [text.get_text() for text in axes.get_yticklabels()] == ["Mass", "Edema"]
    assert axes.yaxis_inverted()


def test_numbers_stand_in_parts_that_have_room():
    (axes,) = bars(SHARES, "title").axes
    assert [text.get_text() for text in axes.texts] == ["50", "10", "47", "90", "", ""]


@pytest.mark.parametrize("width", WIDTHS.values())
def test_long_names_do_not_overlap_and_the_legend_covers_no_bar(width):
    name = "Enlarged_Cardiomediastinum and aortic knob, finding number"
    figure = bars({f"{name} {n}": SHARES["Mass"] for n in range(15)}, "title", width)
    labels = [*boxes.tick_labels(figure)]
    assert boxes.overlapping(labels) == boxes.outside(figure, labels) == []
    assert boxes.legend_on_axes(figure) == []


def test_extractors_differ_in_colour_and_hatch():
    (axes,) = bars(SHARES, "title").axes
    looks = {(family[0].get_facecolor(), family[0].get_hatch()) for family in axes.containers}
    assert len(looks) == 3
