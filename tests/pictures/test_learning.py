from types import SimpleNamespace

import numpy as np

from pictures import learning

HISTORY = np.array(
    [(0.9, 0.8, 0.6, 1e-3), (0.5, 0.7, 0.8, 1e-3), (0.3, 0.9, 0.7, 5e-4)],
    [("loss", "f4"), ("validation_loss", "f4"), ("validation_auc", "f4"), ("rate", "f4")],
)
NETWORK = SimpleNamespace(history_=HISTORY)


def test_every_member_of_a_fusion_has_its_history():
    tree = SimpleNamespace()
    fusion = SimpleNamespace(fitted_=[NETWORK, tree, NETWORK])
    assert list(learning.histories(fusion)) == ["1. SimpleNamespace", "3. SimpleNamespace"]
    assert learning.histories(tree) == {}


def test_the_best_epoch_is_marked():
    left, right = learning.curves(NETWORK, "cnn").axes
    np.testing.assert_allclose(right.lines[1].get_xydata(), [[2, 0.8]])
    assert right.get_title() == "validation: 0.800 at 2"
    np.testing.assert_allclose(left.lines[0].get_ydata(), HISTORY["loss"])


def test_curves_are_written(tmp_path):
    learning.save(learning.curves(NETWORK, "cnn"), tmp_path / "c.png")
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
