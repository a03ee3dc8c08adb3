from dataclasses import replace

import numpy as np
import pytest

from datasets.synthetic import anatomy
from datasets.synthetic.body import LEFT, RIGHT, grow
from datasets.synthetic.canvas import Canvas

UPRIGHT = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
BODY = replace(grow((0, 1), 50, False), kyphosis=0.0)
CANVAS = Canvas(128, UPRIGHT)


def drawn(portable=False, body=BODY):
    return anatomy.chest(CANVAS, body, portable, np.random.default_rng(0))


def extent(layer):
    columns = np.flatnonzero((layer > 0.3).any(axis=0))
    return columns[-1] - columns[0] + 1


def test_the_right_lung_lies_in_the_left_half_of_the_image():
    right, left = drawn().lungs
    assert right[:, :64].sum() == right.sum()
    assert left[:, 64:].sum() == left.sum()


def test_the_right_half_of_the_diaphragm_is_the_higher_one():
    heights = []
    for layer in drawn().lungs:
        column = round(np.average(np.arange(128), weights=layer.sum(axis=0)))
        heights.append(np.flatnonzero(layer[:, column] > 0.3)[-1])
    assert heights[0] < heights[1]


def test_most_of_the_heart_is_on_the_left():
    x = anatomy.heart_outline(BODY)[:, 0] - 0.5
    assert x.max() > 1.5 * -x.min() > 0


def test_a_wider_heart_is_wider_by_as_much():
    widths = [
        np.ptp(anatomy.heart_outline(replace(BODY, heart=share))[:, 0]) for share in (0.4, 0.6)
    ]
    assert widths[1] / widths[0] == pytest.approx(1.5, rel=1e-6)


def test_a_portable_image_shows_a_wider_heart_and_less_breath():
    upright, portable = drawn(), drawn(portable=True)
    assert extent(portable.heart) > extent(upright.heart)
    assert portable.air.sum() < upright.air.sum()


def test_vessels_stay_inside_the_lungs():
    chest = drawn()
    outside = (chest.lungs[0] + chest.lungs[1]) == 0
    assert not chest.vessels[outside].any()
    assert chest.vessels.any()


@pytest.mark.parametrize("side", [RIGHT, LEFT])
def test_vessels_double_and_thin_at_each_generation(side):
    tree = anatomy.vessel_tree(BODY, side)
    assert [len(segments) for segments, _ in tree] == [8 * 2**k for k in range(6)]
    widths = [width for _, width in tree]
    assert widths == sorted(widths, reverse=True)


def test_a_branch_starts_where_its_parent_ends():
    (parents, _), (children, _) = anatomy.vessel_tree(BODY, RIGHT)[:2]
    np.testing.assert_array_equal(children[:, 0], np.repeat(parents[:, -1], 2, axis=0))


def test_beside_the_body_there_is_only_air():
    narrow = replace(BODY, width=0.7, girth=0.5)
    frame = drawn(body=narrow).frame
    assert frame[100:, 0].max() < 0.3 < frame[100:, 64].min()


def test_the_layers_are_the_same_for_the_same_chance():
    np.testing.assert_array_equal(drawn().frame, drawn().frame)
