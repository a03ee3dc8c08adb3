import numpy as np
import pytest
from scipy.stats import spearmanr

from errors import BadScores
from evaluation import localisation
from evaluation.localisation import (
    CANDIDATES,
    coverage,
    inside,
    otsu,
    overlap,
    pointing,
    rank_correlation,
    tuned,
)

QUARTER = np.array([[0.0, 0.0, 0.5, 0.5]])


def one_hot(row, column, side=4):
    heat = np.zeros((side, side))
    heat[row, column] = 1
    return heat


@pytest.fixture
def scene():
    """A random map and three boxes that overlap and reach beyond the border."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(5, 7)), np.array(
        [[0.1, 0.2, 0.45, 0.3], [0.4, 0.33, 0.3, 0.5], [0.8, 0.9, 0.4, 0.4]]
    )


def fine(boxes, side=1400):
    """Which of many small squares lie in a box, by their middles."""
    middles = (np.arange(side) + 0.5) / side
    return inside(middles, middles[:, None], boxes)


def test_the_peak_is_the_middle_of_the_highest_cell():
    assert pointing(one_hot(1, 1), QUARTER) == 1
    assert pointing(one_hot(1, 2), QUARTER) == 0
    # The cell at the upper left has its middle at (0.125, 0.125).
    assert pointing(one_hot(0, 0), np.array([[0.13, 0.0, 0.5, 0.5]])) == 0
    assert pointing(one_hot(0, 0), np.array([[0.12, 0.0, 0.5, 0.5]])) == 1


def test_rows_are_heights_and_columns_are_widths():
    wide = np.array([[0.5, 0.0, 0.5, 0.25]])
    assert pointing(one_hot(0, 3), wide) == 1
    assert pointing(one_hot(3, 0), wide) == 0


def test_any_of_several_boxes_counts():
    both = np.vstack([QUARTER, [[0.5, 0.5, 0.5, 0.5]]])
    assert pointing(one_hot(3, 3), both) == 1


def test_tied_peaks_hit_as_often_as_picking_one_by_chance():
    assert pointing(one_hot(0, 0) + one_hot(0, 1) + one_hot(3, 3), QUARTER) == pytest.approx(2 / 3)


@pytest.mark.parametrize("heat", [np.zeros((4, 4)), -np.ones((4, 4))])
def test_a_map_without_evidence_for_the_finding_misses_and_marks_nothing(heat):
    everywhere = np.array([[0.0, 0.0, 1.0, 1.0]])
    assert localisation.is_empty(heat)
    assert pointing(heat, everywhere) == 0
    assert overlap(heat, everywhere, 0.5) == (0, 0)


def test_a_map_that_is_not_finite_is_refused():
    with pytest.raises(BadScores, match="1 of 16 cells"):
        pointing(np.where(one_hot(2, 2), np.nan, 1), QUARTER)


def test_coverage_is_that_of_many_small_squares(scene):
    _, boxes = scene
    slow = fine(boxes).reshape(5, 280, 7, 200).mean(axis=(1, 3))
    np.testing.assert_allclose(coverage((5, 7), boxes), slow, atol=0.01)


def test_coverage_counts_what_two_boxes_share_once():
    twice = np.vstack([QUARTER, QUARTER])
    np.testing.assert_allclose(coverage((1, 1), twice), 0.25)


def test_a_box_may_end_a_rounding_error_before_the_border():
    nearly = np.array([[0, 0, np.nextafter(1, 0), np.nextafter(1, 0)]])
    np.testing.assert_allclose(coverage((2, 3), nearly), 1)


def test_overlaps_are_those_of_many_small_squares(scene):
    heat, boxes = scene
    boxed = fine(boxes)
    marked = np.kron(heat >= 0.3 * heat.max(), np.ones((280, 200), bool))
    shared = (marked & boxed).sum()
    expected = shared / (marked | boxed).sum(), shared / marked.sum()
    np.testing.assert_allclose(overlap(heat, boxes, 0.3), expected, atol=0.005)


def test_a_mark_within_the_box_has_iobb_one_and_iou_its_share():
    assert overlap(one_hot(0, 0), QUARTER, 0.5) == pytest.approx((0.25, 1))


def test_overlaps_depend_on_no_unit(scene):
    heat, boxes = scene
    np.testing.assert_allclose(overlap(1e-6 * heat, boxes, 0.5), overlap(heat, boxes, 0.5))


def test_otsu_parts_cells_where_the_variance_between_is_greatest():
    values = np.random.default_rng(1).gamma(1, size=(6, 6))

    def between(threshold):
        high, low = values[values >= threshold], values[values < threshold]
        return len(high) * len(low) * (high.mean() - low.mean()) ** 2

    best = max(np.unique(values)[1:], key=between)
    assert otsu(values) == pytest.approx(best / values.max())


def test_otsu_never_marks_evidence_against_the_finding():
    heat = np.array([[-5.0, 1.0], [1.0, 1.2]])
    assert otsu(heat) == otsu(heat.clip(0))


@pytest.mark.parametrize("level", [0.0, 3.0])
def test_otsu_of_a_level_map_is_its_maximum(level):
    assert otsu(np.full((3, 3), level)) == 1


def test_the_tuned_threshold_has_the_highest_mean_iou():
    heats = [np.array([[1.0, 0.45], [0.15, 0.15]]), np.array([[0.45, 1.0], [0.25, 0.15]])]
    boxes = [np.array([[0.0, 0.0, 1.0, 0.5]])] * 2
    # At 0.3 and 0.4 the upper half is marked in both maps, which is the box.
    assert tuned(heats, boxes) == 0.3
    assert 0.3 in CANDIDATES


def test_rank_correlation_is_spearmans_with_ties():
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 6, size=(2, 5, 7))
    expected = spearmanr(first.ravel(), second.ravel()).statistic
    assert rank_correlation(first, second) == pytest.approx(expected)


def test_rank_correlation_ignores_units():
    heat = np.random.default_rng(1).random((4, 4))
    assert rank_correlation(heat, np.exp(9 * heat)) == pytest.approx(1)


def test_a_level_map_has_no_rank_correlation():
    assert np.isnan(rank_correlation(np.zeros((2, 2)), np.eye(2)))
