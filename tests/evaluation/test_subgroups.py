import json

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from evaluation import bootstrap, certainty, subgroups
from evaluation.scores import Scores
from evaluation.truth import Truth

RNG = np.random.default_rng(sum(map(ord, "subgroups")))
N_IMAGES = 600
IDS = np.arange(N_IMAGES).astype(str).astype(object)
NAMES = ("Mass", "Edema")
# Four images of each patient, in different groups, as when a patient is filmed in two views.
PATIENTS = np.arange(N_IMAGES) // 4
GROUPS = np.array(["AP", "PA", "PA"], object)[np.arange(N_IMAGES) % 3]
LABELS = (RNG.random((N_IMAGES, 2)) < 0.4).astype(float)
NOISE = RNG.normal(size=LABELS.shape)
TRUTH = Truth(IDS, PATIENTS, LABELS, NAMES)


def scores(signal):
    """Scores with a signal that may depend on image and label."""
    return Scores("cnn", IDS, 1 / (1 + np.exp(-(signal * LABELS + NOISE))), NAMES)


def blind_to_edema_in(group):
    return scores(np.column_stack([np.ones(N_IMAGES), np.where(group == GROUPS, 0, 2)]))


@pytest.fixture(scope="module")
def found():
    return subgroups.by_group(TRUTH, blind_to_edema_in("AP"), GROUPS, n_replicates=200)


def test_ages_fall_in_bands_of_20_years():
    ages = np.array([0, 19, 20, 59.5, 80, 95, np.nan])
    bands = ["0–19", "0–19", "20–39", "40–59", "80+", "80+", ""]
    assert subgroups.age_bands(ages).tolist() == bands


def test_figures_of_a_group_are_those_of_its_images_alone(found):
    inside = GROUPS == "AP"
    probabilities = blind_to_edema_in("AP").probabilities[inside]
    expected = roc_auc_score(LABELS[inside], probabilities, average=None)
    group = found["groups"]["AP"]
    assert [group["labels"][name]["auc"] for name in NAMES] == pytest.approx(expected.tolist())
    assert group["macro_auc"] == pytest.approx(expected.mean())
    assert group["films"] == 200
    assert group["labels"]["Edema"]["positives"] == LABELS[inside, 1].sum()


def test_intervals_come_from_resampled_patients_with_all_their_images(found):
    aucs = []
    for replicate in range(200):
        often = bootstrap.draw(150, 0, replicate).astype(int)
        rows = np.repeat(np.arange(N_IMAGES), often[PATIENTS] * (GROUPS == "PA"))
        values = blind_to_edema_in("AP").probabilities[rows, 0]
        aucs.append(roc_auc_score(LABELS[rows, 0], values))
    expected = bootstrap.interval(np.array(aucs))
    assert found["groups"]["PA"]["labels"]["Mass"]["auc_ci"] == pytest.approx(expected)


def test_a_label_that_a_group_is_not_served_in_is_flagged_and_the_other_is_not(found):
    assert found["gaps"]["Edema"]["flagged"]
    assert (found["gaps"]["Edema"]["high"], found["gaps"]["Edema"]["low"]) == ("PA", "AP")
    assert found["gaps"]["Edema"]["ci"][0] > 0
    assert not found["gaps"]["Mass"]["flagged"]
    assert found["gaps"]["Mass"]["ci"][0] < 0


def test_the_gap_is_that_between_the_groups_named(found):
    gap, groups = found["gaps"]["Edema"], found["groups"]
    between = groups["PA"]["labels"]["Edema"]["auc"] - groups["AP"]["labels"]["Edema"]["auc"]
    assert gap["gap"] == pytest.approx(between)


def test_of_several_groups_the_two_furthest_apart_are_named():
    ages = np.array(["young", "middle", "old"], object)[np.arange(N_IMAGES) % 3]
    signal = np.select([ages == "young", ages == "middle"], [3, 1.5], 0)[:, None]
    gaps = subgroups.by_group(TRUTH, scores(signal), ages, n_replicates=100)["gaps"]
    assert {(gap["high"], gap["low"]) for gap in gaps.values()} == {("young", "old")}


def test_images_whose_group_is_not_known_are_shown_and_never_compared():
    values = np.where(np.arange(N_IMAGES) < 300, "", GROUPS)
    signal = np.where(values == "", 5, 1)[:, None]
    found = subgroups.by_group(TRUTH, scores(signal), values, n_replicates=100)
    assert found["groups"]["unknown"]["films"] == 300
    assert found["groups"]["unknown"]["macro_auc"] > 0.95
    assert {found["gaps"]["Mass"]["high"], found["gaps"]["Mass"]["low"]} == {"AP", "PA"}


def test_a_group_with_few_patients_of_a_class_is_not_compared():
    values = np.where(PATIENTS < 9, "few", "many").astype(object)
    gaps = subgroups.by_group(TRUTH, scores(1), values, n_replicates=100)["gaps"]
    assert gaps == {"Mass": None, "Edema": None}


def test_a_group_below_20_patients_has_aucs_without_intervals():
    values = np.where(PATIENTS < 19, "few", "many").astype(object)
    groups = subgroups.by_group(TRUTH, scores(1), values, n_replicates=100)["groups"]
    few, many = groups["few"], groups["many"]
    reason = "the 76 images come from 19 patients; at least 20 are needed"
    assert (few["macro_auc_ci"], few["macro_auc_ci_missing"]) == (None, reason)
    assert few["labels"]["Mass"]["auc"] is not None
    assert few["labels"]["Mass"]["auc_ci"] is None
    assert many["macro_auc_ci"]
    assert many["macro_auc_ci_missing"] is None


def test_a_gap_between_perfect_groups_is_not_certain():
    perfect = Scores("cnn", IDS, LABELS, NAMES)
    gaps = subgroups.by_group(TRUTH, perfect, GROUPS, n_replicates=100)["gaps"]
    assert (gaps["Mass"]["ci"], gaps["Mass"]["flagged"]) == (None, False)
    assert gaps["Mass"]["ci_missing"] == certainty.SAME


def test_a_label_with_one_class_in_a_group_has_no_auc_there():
    labels = LABELS.copy()
    labels[GROUPS == "AP", 0] = 0
    truth = Truth(IDS, PATIENTS, labels, NAMES)
    group = subgroups.by_group(truth, scores(1), GROUPS, n_replicates=100)["groups"]["AP"]
    mass = group["labels"]["Mass"]
    assert (mass["auc"], mass["auc_ci"], mass["positives"]) == (None, None, 0)
    assert group["labels_in_macro"] == 1


def test_scores_in_another_order_are_aligned_by_id(found):
    rows = RNG.permutation(N_IMAGES)
    mixed = Scores("cnn", IDS[rows], blind_to_edema_in("AP").probabilities[rows], NAMES)
    again = subgroups.by_group(TRUTH, mixed, GROUPS, n_replicates=200)
    assert again == found


def test_figures_are_plain_json(found):
    assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize("n_gaps", [1, 50])
def test_simultaneous_intervals_cover_all_gaps_at_once(n_gaps):
    drawn = RNG.normal(0, np.linspace(1, 3, n_gaps), size=(4000, n_gaps))
    half = subgroups.simultaneous(np.zeros(n_gaps), drawn.T)
    fresh = RNG.normal(0, np.linspace(1, 3, n_gaps), size=(4000, n_gaps))
    assert (np.abs(fresh) <= half).all(axis=1).mean() == pytest.approx(0.95, abs=0.015)


def test_a_replicate_without_a_gap_spoils_no_interval():
    drawn = RNG.normal(size=(1000, 3))
    whole = subgroups.simultaneous(np.zeros(3), drawn.T)
    drawn[0, 0] = np.nan
    np.testing.assert_allclose(subgroups.simultaneous(np.zeros(3), drawn.T), whole, rtol=0.05)


def test_gaps_that_never_vary_have_an_interval_of_no_width():
    assert subgroups.simultaneous(np.zeros(2), np.zeros((2, 50))).tolist() == [0, 0]


@pytest.mark.slow
def test_groups_served_alike_are_flagged_at_most_about_once_in_20_data_sets():
    n_flagged = 0
    for data in range(200):
        rng = np.random.default_rng(data)
        labels = (rng.random((N_IMAGES, 2)) < 0.4).astype(float)
        noise = rng.normal(size=labels.shape) + rng.normal(size=labels.shape)[PATIENTS]
        like = Scores("cnn", IDS, 1 / (1 + np.exp(-(labels + noise))), NAMES)
        groups = rng.choice(["a", "b", "c", "d"], N_IMAGES).astype(object)
        truth = Truth(IDS, PATIENTS, labels, NAMES)
        gaps = subgroups.by_group(truth, like, groups, n_replicates=200)["gaps"]
        n_flagged += any(gap["flagged"] for gap in gaps.values())
    assert n_flagged <= 200 * 0.08
