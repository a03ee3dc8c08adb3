import numpy as np
import pytest

from datasets.image_change import acquisition

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)
DIGESTS = [f"{number:032x}" for number in range(40)]


def changed(name, severity, digest=DIGESTS[0], plane=RAMP):
    return acquisition(name, severity)(plane, "a", digest)


def means(name):
    return [changed(name, 5, digest).mean() for digest in DIGESTS]


@pytest.mark.parametrize("name", ["exposure", "gamma"])
def test_some_images_become_lighter_and_some_darker(name):
    assert min(means(name)) < RAMP.mean() < max(means(name))


def test_a_stop_doubles_or_halves_grey_levels():
    found = {int(changed("exposure", 5, digest)[0, 10]) for digest in DIGESTS}
    assert found == {5, 20}


def test_gamma_keeps_black_and_white():
    for digest in DIGESTS[:8]:
        assert changed("gamma", 5, digest)[[0, -1], [0, -1]].tolist() == [0, 255]


def test_contrast_keeps_the_mean_and_shrinks_the_spread():
    made = changed("contrast", 2)
    assert made.mean() == pytest.approx(RAMP.mean(), abs=0.5)
    assert made.std() == pytest.approx(0.6 * RAMP.std(), rel=0.01)


@pytest.mark.parametrize(("severity", "levels"), [(1, 64), (3, 16), (5, 4)])
def test_bit_depth_leaves_so_many_levels(severity, levels):
    made = np.unique(changed("bit_depth", severity))
    assert len(made) == levels
    assert (made[0], made[-1]) == (0, 255)


def test_all_images_are_inverted_at_the_highest_severity():
    for digest in DIGESTS:
        np.testing.assert_array_equal(changed("inversion", 5, digest), 255 - RAMP)


def test_an_inverted_image_stays_inverted_at_higher_severities():
    inverted = np.array(
        [[changed("inversion", s, digest)[0, 0] == 255 for s in range(1, 6)] for digest in DIGESTS]
    )
    assert (np.diff(inverted.astype(int)) >= 0).all()
    assert 0.25 < inverted[:, 1].mean() < 0.55
