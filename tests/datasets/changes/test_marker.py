import numpy as np

from datasets.image_change import acquisition

BLACK = np.zeros((300, 200), np.uint8)
DIGESTS = [f"{number:032x}" for number in range(40)]


def corner(plane):
    """Which corner the white pixels of a plane are in."""
    rows, columns = np.nonzero(plane)
    return bool(rows.mean() > plane.shape[0] / 2), bool(columns.mean() > plane.shape[1] / 2)


def test_markers_stand_in_all_corners():
    change = acquisition("marker", 1)
    assert len({corner(change(BLACK, "a", digest)) for digest in DIGESTS}) == 4


def test_the_largest_text_fits_a_square_image():
    square = np.zeros((256, 256), np.uint8)
    change = acquisition("marker", 5)
    for digest in DIGESTS:
        made = change(square, "a", digest)
        assert made.any()
        edges = np.concatenate([made[0], made[-1], made[:, 0], made[:, -1]])
        assert not edges.any()


def test_a_marker_keeps_its_corner_and_text_at_every_severity():
    for digest in DIGESTS[:5]:
        small, large = (acquisition("marker", s)(BLACK, "a", digest) for s in (1, 4))
        assert corner(small) == corner(large)


def test_a_collimator_leaves_black_borders_of_at_most_its_width():
    white = np.full((100, 200), 255, np.uint8)
    for digest in DIGESTS[:5]:
        shown = acquisition("collimator", 5)(white, "a", digest) > 0
        rows, columns = np.flatnonzero(shown.any(axis=1)), np.flatnonzero(shown.any(axis=0))
        borders = rows[0] / 100, 1 - (rows[-1] + 1) / 100, columns[0] / 200
        assert all(0.04 <= border <= 0.11 for border in borders)
        assert shown[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all()
