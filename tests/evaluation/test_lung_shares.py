import numpy as np
import pytest

from evaluation import certainty
from evaluation.localisation_figures import Boxed, Look
from evaluation.lung_shares import area, share_inside, shares, survives

RNG = np.random.default_rng(0)
HALVES = np.array([[0.0, 0.0, 0.25, 1.0], [0.75, 0.0, 0.25, 1.0]])


def test_positive_values_alone_are_shared_out():
    heat = np.zeros((4, 4))
    heat[0, 0], heat[0, 1], heat[3, 3], heat[2, 2] = 3, 1, 4, -100
    assert share_inside(heat, HALVES) == pytest.approx(7 / 8)


def test_a_cell_that_is_half_inside_counts_half():
    assert share_inside(np.ones((1, 1)), HALVES) == pytest.approx(0.5)
    assert np.isnan(share_inside(np.zeros((4, 4)), HALVES))


def test_the_area_counts_overlapping_boxes_once():
    assert area(HALVES) == pytest.approx(0.5)
    assert area(np.vstack([HALVES, HALVES])) == pytest.approx(0.5)


def test_maps_without_a_preference_have_the_lungs_area_and_no_more():
    n_images = 60
    lungs = Boxed([HALVES] * n_images, np.array(["Mass"] * n_images), np.arange(n_images) // 2)
    even = Look([RNG.random((8, 8)) for _ in range(n_images)], [HALVES] * n_images)
    left = [np.where(np.arange(8) < 2, 1, 0.1 * RNG.random((8, 8))) for _ in range(n_images)]
    found = shares({"even": even, "left": Look(left, [HALVES] * n_images)}, lungs, n_replicates=200)
    row = found["Mass"]
    assert row["area"]["value"] == pytest.approx(0.5)
    low, high = row["even − area"]["ci"]
    assert low < 0 < high
    assert row["left"]["value"] > 0.8
    assert row["left − area"]["ci"][0] > 0.3


@pytest.mark.parametrize(
    ("whole", "without", "interval", "survived"),
    [
        (0.8, 0.7, [0.6, 0.8], True),
        (0.8, 0.62, [0.55, 0.7], False),
        (0.8, 0.7, [0.45, 0.9], False),
        (0.8, 0.7, None, False),
        (None, 0.7, [0.6, 0.8], False),
    ],
)
def test_an_auc_survives_if_it_is_clearly_above_chance_and_half_of_it_is_left(
    whole, without, interval, survived
):
    estimates = {"value": whole}, {"value": without, "ci": interval, "ci_missing": "too few"}
    assert survives(*estimates) == survived


def test_a_perfect_auc_survives_though_resampling_never_changes_it():
    perfect = {"value": 1.0, "ci": None, "ci_missing": certainty.SAME}
    assert survives({"value": 0.95}, perfect)
