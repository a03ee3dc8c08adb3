import numpy as np
import pytest

from reports.plots import learning

HISTORY = np.array(
    [(0.9, 0.8, 0.6, 1e-3), (0.5, 0.7, 0.8, 1e-3), (0.3, 0.9, 0.7, 5e-4)],
    [("loss", "f4"), ("validation_loss", "f4"), ("validation_auc", "f4"), ("rate", "f4")],
)


def test_the_best_epoch_is_marked():
    left, right = learning.curves({"cnn": [HISTORY]}, "mine").axes
    np.testing.assert_allclose(right.lines[1].get_xydata(), [[2, 0.8]])
    assert right.get_title() == "validation: best 0.800"
    np.testing.assert_allclose(left.lines[0].get_ydata(), HISTORY["loss"])


def test_of_epochs_of_one_auc_that_of_the_least_loss_is_marked():
    history = HISTORY.copy()
    history["validation_auc"] = 0.8
    _, right = learning.curves({"cnn": [history]}, "mine").axes
    np.testing.assert_allclose(right.lines[1].get_xydata(), [[2, 0.8]])


def test_every_training_has_its_line_and_one_name_in_the_legend():
    figure = learning.curves({"cnn": [HISTORY, HISTORY[:1]]}, "mine")
    left, right = figure.axes
    assert len(left.lines) == 4
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["training", "validation", "validation AUC", "epoch that was kept"]
    assert right.get_title() == "validation: best 0.700 on average of 2"


@pytest.mark.parametrize("epochs", [1, 2, 3, 7, 84])
def test_epochs_are_whole_numbers_that_exist(epochs):
    history = np.resize(HISTORY, epochs)
    for axes in learning.curves({"cnn": [history]}, "mine").axes:
        low, high = axes.get_xlim()
        ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
        assert ticks
        assert all(tick == int(tick) and 1 <= tick <= epochs for tick in ticks)
