import numpy as np

from datasets.synthetic.body import RIGHT, grow
from datasets.synthetic.canvas import Canvas
from datasets.synthetic.skeleton import RIBS, bones, rib_curves, ribs, spine

UPRIGHT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
BODY = grow((0, 1), 40, False)
CANVAS = Canvas(128, UPRIGHT)


def test_each_side_has_ten_ribs_one_below_the_other():
    front, back = rib_curves(BODY, RIGHT)
    assert front.shape[0] == back.shape[0] == RIBS == 10
    assert (np.diff(back[:, 0, 1]) > 0).all()


def test_back_and_front_of_a_rib_meet_the_same_chest_wall():
    front, back = rib_curves(BODY, RIGHT)
    for half, end in ((front, 0), (back, -1)):
        x, y = half[:, end].T
        np.testing.assert_allclose(body_edge(x, y), -1, rtol=1e-5)


def body_edge(x, y):
    return BODY.across(x, y)


def test_a_column_through_the_lung_crosses_many_ribs():
    column = ribs(CANVAS, BODY)[:, int(128 * 0.3)]
    crossings = np.count_nonzero(np.diff((column > 0.1).astype(int)) == 1)
    assert crossings >= 7


def test_the_spine_stands_in_the_middle():
    columns = spine(CANVAS, BODY).sum(axis=0)
    assert abs((columns * np.arange(128)).sum() / columns.sum() / 128 - 0.5) < 0.03


def test_thin_bones_weaken_rays_less():
    old = grow((0, 1), 85, False)
    assert bones(CANVAS, old).mean() < bones(CANVAS, BODY).mean()
