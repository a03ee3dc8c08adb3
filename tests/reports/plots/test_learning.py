import numpy as np

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
    left, right = learning.curves({"cnn": [HISTORY, HISTORY[:1]]}, "mine").axes
    assert len(left.lines) == 4
    assert [text.get_text() for text in left.get_legend().get_texts()] == ["training", "validation"]
    assert right.get_title() == "validation: best 0.700 on average of 2"
