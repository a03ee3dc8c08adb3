from dataclasses import fields, replace

import matplotlib
import numpy as np

from reports.plots import confusion
from reports.plots.plotting import WIDTHS
from reports.report_figures import LabelFigures

EMPTY = LabelFigures(**dict.fromkeys(item.name for item in fields(LabelFigures)))
DECIDED = replace(
    EMPTY,
    **{"threshold": 0.5, "images": 2040, "images_decided": 2040},
    **{"true_positives": 30, "false_negatives": 10, "false_positives": 5, "true_negatives": 1995},
)


SHADES = matplotlib.colormaps["Blues"]


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_counts_are_shaded_by_their_share_of_the_row():
    (axes,) = confusion.matrices({"cnn": {"Edema": DECIDED}}).axes
    expected = SHADES([0.75, 0.25, 0.0025, 0.9975])
    np.testing.assert_allclose(axes.collections[0].get_facecolors(), expected)
    assert [text.get_text() for text in axes.texts][-4:] == ["30", "10", "5", "1,995"]


def test_counts_stand_in_rows_of_truth_and_columns_of_decisions():
    (axes,) = confusion.matrices({"cnn": {"Edema": DECIDED}}).axes
    places = np.array([text.get_position() for text in axes.texts[-4:]])
    assert places[0, 0] == places[2, 0] < places[1, 0] == places[3, 0]
    assert places[0, 1] == places[1, 1] < places[2, 1] == places[3, 1]
    assert axes.yaxis_inverted()


def test_a_label_without_threshold_says_so():
    assert texts(confusion.matrices({"cnn": {"Edema": EMPTY}}))[-1] == "not decided"


def test_it_says_how_many_images_were_decided_if_not_all_were():
    partly = replace(DECIDED, images=5100)
    whole, part = (
        texts(confusion.matrices({"cnn": {"Edema": each}})) for each in (DECIDED, partly)
    )
    note = "2,040 of 5,100"
    assert (note in whole, note in part) == (False, True)


def test_more_models_than_fit_side_by_side_stand_in_several_rows():
    models = {f"model {number}": {"Edema": DECIDED} for number in range(11)}
    for width in WIDTHS.values():
        figure = confusion.matrices(models, width)
        assert len(figure.axes) > 1
        assert [name for name in texts(figure) if name.startswith("model")] == [*models]
