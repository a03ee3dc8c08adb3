import numpy as np
import pytest

from datasets.synthetic.body import LEFT, RIGHT, grow


def test_across_and_depth_undo_at():
    body = grow((0, 1), 70, True)
    across, depth = np.array([0.2, 0.5, 0.9]), np.array([0.1, 0.6, 1.2])
    for side in (RIGHT, LEFT):
        x, y = body.at(side, across, depth).T
        np.testing.assert_allclose(body.across(x, y), side * across, rtol=1e-5)
        np.testing.assert_allclose(body.depth(y), depth, rtol=1e-9)


def test_the_same_seed_grows_the_same_body():
    assert grow((3, 1), 40, False) == grow((3, 1), 40, False)


def test_bones_thin_and_hearts_widen_with_age():
    young, old = (grow((3, 1), age, False) for age in (30, 85))
    assert old.bone < young.bone
    assert old.heart > young.heart


@pytest.mark.parametrize("seed", range(5))
def test_only_women_have_breast_shadows(seed):
    assert grow((seed,), 50, True).breasts > 0
    assert grow((seed,), 50, False).breasts == 0


def test_a_person_has_separate_streams_of_chance():
    body = grow((3, 1), 40, False)
    assert body.rng(1).random() == body.rng(1).random()
    assert body.rng(1).random() != body.rng(2).random()
