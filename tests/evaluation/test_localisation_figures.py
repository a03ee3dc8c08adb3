import json

import numpy as np
import pytest

from evaluation.localisation import otsu
from evaluation.localisation_figures import (
    CENTRE,
    CHANCE,
    PRIOR,
    Boxed,
    Look,
    choose_thresholds,
    evaluate,
    tunable,
)

UPPER_LEFT = np.array([[0.0, 0.0, 0.5, 0.5]])
TINY = np.array([[0.1, 0.1, 0.2, 0.2]])
FINDINGS = np.array(["Mass", "Mass", "Nodule", "Nodule"], object)
PATIENTS = np.array(["a", "b", "b", "c"])
BOXES = [UPPER_LEFT, UPPER_LEFT, TINY, TINY]


def lit(*cells, side=2):
    heat = np.zeros((side, side))
    for cell in cells:
        heat[cell] = 1
    return heat


@pytest.fixture
def by_row():
    """A method that hits in three images of four, and a prior that does in one."""
    hit, miss = lit((0, 0)), lit((1, 1))
    looks = {
        "camera": Look([hit, hit, lit((0, 0), side=4), lit()], BOXES),
        PRIOR: Look([hit, miss, miss, miss], BOXES),
    }
    thresholds = {name: np.full(4, 0.5) for name in looks}
    return evaluate(looks, thresholds, Boxed(BOXES, FINDINGS, PATIENTS), n_replicates=100)


def test_hit_rates_are_shares_of_images(by_row):
    assert by_row["Mass"]["looks"]["camera"]["hit"]["value"] == 1
    assert by_row["Nodule"]["looks"]["camera"]["hit"]["value"] == 0.5
    assert by_row["all"]["looks"]["camera"]["hit"]["value"] == 0.75
    assert by_row["all"]["looks"][PRIOR]["hit"]["value"] == 0.25


def test_the_difference_from_the_prior_is_image_by_image(by_row):
    assert by_row["all"]["looks"]["camera − prior"]["hit"]["value"] == 0.5


def test_intervals_need_20_patients_or_have_a_reason_instead(by_row):
    for row in ("Mass", "all", "mean"):
        hit = by_row[row]["looks"]["camera"]["hit"]
        assert hit["ci"] is None
        assert "at least 20 are needed" in hit["ci_missing"]
    hit, miss = lit((0, 0)), lit((1, 1))
    looks = {"camera": Look([hit, miss] * 10, BOXES * 5), PRIOR: Look([hit] * 20, BOXES * 5)}
    thresholds = {name: np.full(20, 0.5) for name in looks}
    boxed = Boxed(BOXES * 5, np.tile(FINDINGS, 5), np.arange(20))
    low, high = evaluate(looks, thresholds, boxed, n_replicates=100)["all"]["looks"]["camera"][
        "hit"
    ]["ci"]
    assert low < 0.5 < high


def test_empty_maps_are_misses_and_counted(by_row):
    assert by_row["Nodule"]["looks"]["camera"]["empty"]["value"] == 0.5
    assert by_row["Mass"]["looks"]["camera"]["empty"]["value"] == 0


def test_overlaps_come_with_the_share_above_each_limit(by_row):
    figures = by_row["Mass"]["looks"]["camera"]
    assert figures["iou"]["value"] == figures["iobb"]["value"] == 1
    assert figures["iou > 0.5"]["value"] == 1
    assert by_row["Mass"]["looks"][PRIOR]["iou > 0.1"]["value"] == 0.5


def test_the_centre_and_chance_have_only_hit_rates(by_row):
    assert by_row["all"]["looks"][CENTRE].keys() == {"hit"}
    assert by_row["Mass"]["looks"][CHANCE]["hit"]["value"] == pytest.approx(0.25)


def test_findings_smaller_than_a_cell_are_named_for_each_look(by_row):
    assert by_row["Mass"]["coarse"] == []
    # A quarter of the side squared is less than a cell of 2 x 2, and of the prior's here.
    assert by_row["Nodule"]["coarse"] == ["camera", PRIOR]


def test_images_boxes_and_patients_are_counted(by_row):
    counts = {row: (each["films"], each["boxes"], each["patients"]) for row, each in by_row.items()}
    assert counts == {
        "Mass": (2, 2, 2),
        "Nodule": (2, 2, 2),
        "all": (4, 4, 3),
        "mean": (4, 4, 3),
    }


def test_it_is_plain_json(by_row):
    assert json.loads(json.dumps(by_row)) == by_row


def test_thresholds_are_tuned_on_other_images_where_these_are_enough():
    graded = np.array([[1.0, 0.45], [0.25, 0.05]])
    upper = np.array([[0.0, 0.0, 1.0, 0.5]])
    tuning = Look([graded] * 6, [upper] * 6)
    of = np.array(["Mass"] * 5 + ["Nodule"], object)
    look = Look([graded, graded], [TINY, TINY])
    chosen = choose_thresholds(look, np.array(["Mass", "Nodule"], object), tuning, of)
    assert tunable(of) == {"Mass"}
    np.testing.assert_allclose(chosen, [0.3, otsu(graded)])


def test_no_threshold_depends_on_the_boxes_that_are_scored():
    heats = list(np.random.default_rng(0).random((4, 5, 5)))
    nothing = Look([], [])
    none = np.array([], object)
    for boxes in (BOXES, BOXES[::-1]):
        chosen = choose_thresholds(Look(heats, boxes), FINDINGS, nothing, none)
        np.testing.assert_array_equal(chosen, [otsu(heat) for heat in heats])
