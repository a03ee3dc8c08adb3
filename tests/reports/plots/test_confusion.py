from dataclasses import fields, replace

from reports.plots import confusion
from reports.report_figures import LabelFigures

EMPTY = LabelFigures(**dict.fromkeys(item.name for item in fields(LabelFigures)))
DECIDED = replace(
    EMPTY,
    **{"threshold": 0.5, "images": 2040, "images_decided": 2040},
    **{"true_positives": 30, "false_negatives": 10, "false_positives": 5, "true_negatives": 1995},
)


def test_counts_stand_in_rows_of_truth_shaded_by_their_share():
    (axes,) = confusion.matrices({"cnn": {"Edema": DECIDED}}).axes
    shares = axes.images[0].get_array().tolist()
    assert shares == [[0.75, 0.25], [0.0025, 0.9975]]
    assert [text.get_text() for text in axes.texts] == ["30", "10", "5", "1,995"]


def test_a_label_without_threshold_says_so():
    (axes,) = confusion.matrices({"cnn": {"Edema": EMPTY}}).axes
    assert [text.get_text() for text in axes.texts] == ["not decided"]


def test_it_says_how_many_images_were_decided_if_not_all_were():
    partly = replace(DECIDED, images=5100)
    whole, part = (
        confusion.matrices({"cnn": {"Edema": each}}).axes[0] for each in (DECIDED, partly)
    )
    assert (whole.get_xlabel(), part.get_xlabel()) == ("", "2,040 of 5,100 decided")
