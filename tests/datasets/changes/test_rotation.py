import numpy as np
import pytest

from datasets.image_change import acquisition

WHITE = np.full((100, 200), 255, np.uint8)
DIGESTS = [f"{number:032x}" for number in range(20)]


def changed(name, severity, digest, plane=WHITE):
    return acquisition(name, severity)(plane, "a", digest)


def test_half_of_the_images_turn_left_and_half_right():
    # Turned right, the upper edge ends lower on the right.
    tilts = {bool(changed("rotation", 5, digest)[3, 150] == 0) for digest in DIGESTS}
    assert tilts == {True, False}


def test_a_rotation_has_black_corners():
    assert changed("rotation", 3, DIGESTS[0])[[0, -1], [0, -1]].tolist() == [0, 0]


def test_an_image_turns_the_same_way_at_every_severity():
    low, high = (changed("rotation", severity, DIGESTS[1])[3, 150] for severity in (4, 5))
    assert low == high


@pytest.mark.parametrize(("severity", "share"), [(1, 0.02), (5, 0.1)])
def test_a_shift_is_as_long_as_it_says(severity, share):
    for digest in DIGESTS[:5]:
        shown = changed("shift", severity, digest) > 127
        down, across = (1 - shown.any(axis=axis).mean() for axis in (1, 0))
        assert np.hypot(down, across) == pytest.approx(share, abs=0.011)


def test_a_crop_cuts_the_same_share_of_both_sides_somewhere():
    ramp = np.tile(np.arange(200, dtype=np.uint8), (100, 1))
    made = [changed("crop", 5, digest, ramp) for digest in DIGESTS]
    assert {each.shape for each in made} == {(80, 160)}
    assert len({int(each[0, 0]) for each in made}) > 5
    assert all((np.diff(each[0].astype(int)) == 1).all() for each in made)
