import numpy as np

from reports.class_tables import ClassTable
from reports.plots import class_confusion

TABLE = ClassTable(["COVID", "NORMAL", "PNEUMONIA"], [[9, 1, 0], [0, 12, 0], [2, 0, 2]], 0.1)


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_each_cell_has_its_images_and_their_share_of_the_row():
    (axes,) = class_confusion.matrices({"cnn": TABLE}).axes
    assert texts(axes)[:3] == ["9\n90 %", "1\n10 %", "0\n0 %"]
    assert texts(axes)[6] == "2\n50 %"


def test_rows_are_true_classes_from_the_top():
    (axes,) = class_confusion.matrices({"cnn": TABLE}).axes
    assert axes.yaxis_inverted()
    assert [each.get_text() for each in axes.get_yticklabels()] == TABLE.names
    shown = axes.collections[0].get_array()
    np.testing.assert_allclose(shown, TABLE.shares)


def test_every_model_has_a_matrix_within_the_figure():
    figure = class_confusion.matrices({f"model {place}": TABLE for place in range(5)})
    assert len(figure.axes) == 5
    for axes in figure.axes:
        place = axes.get_position()
        assert place.x0 >= 0
        assert place.y0 >= 0
        assert place.x1 <= 1
        assert place.y1 <= 1
