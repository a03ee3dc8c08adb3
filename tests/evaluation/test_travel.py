import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from evaluation import bootstrap, travel
from evaluation.auc import macro
from evaluation.outcomes import Terms
from evaluation.scores import Scores
from evaluation.site_scores import SiteScores
from evaluation.truth import Truth

NAMES = ("Edema", "Mass")
PAIRS = [("hybrid", "cnn"), ("control", "cnn")]
TERMS = Terms(0.05, frozenset({"control"}))


def side(seed, count=400, distances=(1.0, 1.3, 1.0), names=NAMES):
    """Images of patients with two each, and scores of cnn, hybrid and a control."""
    rng = np.random.default_rng(seed)
    ids = np.array([f"{seed}-{row}" for row in range(count)], object)
    labels = (rng.random((count, len(names))) < 0.4).astype(float)
    truth = Truth(ids, np.repeat(np.arange(count // 2), 2), labels, names)
    noise = rng.normal(size=labels.shape)
    scores = [
        Scores(name, ids, 1 / (1 + np.exp(-(noise + distance * labels))), names)
        for name, distance in zip(("cnn", "hybrid", "control"), distances, strict=True)
    ]
    return truth, scores


def site(truth, scores, n_folds=1):
    by_training = {one.model: np.tile(one.probabilities, (n_folds, 1, 1, 1)) for one in scores}
    return SiteScores("B", truth, {one.model: one for one in scores}, by_training, {})


def found(inside=None, outside=None, **changes):
    inside, outside = inside or side(0), outside or side(1)
    options = {"n_replicates": 200} | changes
    return travel.travelled(*inside, site(*outside), PAIRS, TERMS, **options)


@pytest.fixture(scope="module")
def made():
    return found()


def test_a_drop_is_the_macro_auc_inside_less_that_outside(made):
    for number, model in enumerate(("cnn", "hybrid")):
        aucs = [roc_auc_score(t.labels, s[number].probabilities) for t, s in (side(0), side(1))]
        drop = made["drop"][model]
        assert [drop["inside"], drop["outside"]] == pytest.approx(aucs)
        assert drop["drop"] == pytest.approx(aucs[0] - aucs[1])


def test_a_difference_of_gains_is_that_of_the_drops(made):
    first, _ = made["gain_difference"]
    drops = [made["drop"][model]["drop"] for model in ("hybrid", "cnn")]
    assert first["gain_difference"] == pytest.approx(drops[0] - drops[1])
    sides = [first[name]["delta_macro_auc"] for name in ("inside", "outside")]
    assert first["gain_difference"] == pytest.approx(sides[0] - sides[1])


def test_both_hospitals_are_resampled_on_their_own():
    # The same images twice: with the same draws, no replicate would differ.
    same = side(0)
    drop = found(same, same)["drop"]["cnn"]
    truth, (cnn, *_) = same
    alone = bootstrap.replicates(truth.labels, cnn.probabilities, truth.owners, n_replicates=200)
    width = np.diff(drop["ci"])[0] / np.diff(bootstrap.interval(alone.macro))[0]
    assert width == pytest.approx(np.sqrt(2), rel=0.15)
    assert drop["drop"] == 0
    assert drop["p"] > 0.5


def test_a_great_loss_is_a_fall_and_a_lost_gain_shrinks():
    made = found(side(0, 1200, (1.0, 2.0, 1.0)), side(1, 1200, (0.3, 0.3, 0.3)))
    assert {each["answer"] for each in made["drop"].values()} == {"falls"}
    assert made["gain_difference"][0]["answer"] == "shrinks"
    turned = found(side(1, 1200, (0.3, 0.3, 0.3)), side(0, 1200, (1.0, 2.0, 1.0)))
    assert turned["drop"]["cnn"]["answer"] == "rises"
    assert turned["gain_difference"][0]["answer"] == "grows"


def test_within_the_margin_a_gain_is_the_same_in_both(made):
    first, control = made["gain_difference"]
    assert (first["answer"], control["answer"]) == ("equivalent", "equivalent")
    assert first["equivalence_p"] <= 0.05


def test_p_is_corrected_over_the_models_but_not_over_controls(made):
    first, control = made["gain_difference"]
    assert first["p_holm"] == first["p"]
    assert "p_holm" not in control
    assert [each["control"] for each in made["drop"].values()] == [False, False, True]


def test_only_labels_with_both_classes_on_both_sides_count():
    truth, scores = side(1)
    labels = truth.labels.copy()
    labels[:, 1] = 1
    outside = Truth(truth.ids, truth.patients, labels, NAMES), scores
    made = found(outside=outside)
    assert made["labels_compared"] == ["Edema"]
    assert [*made["drop"]["cnn"]["labels"]] == ["Edema"]
    assert made["drop"]["cnn"]["inside"] == made["drop"]["cnn"]["labels"]["Edema"]["inside"]


def test_without_such_a_label_nothing_is_compared():
    truth, scores = side(1)
    none = Truth(truth.ids, truth.patients, np.zeros_like(truth.labels), NAMES), scores
    assert found(outside=none) == {"labels_compared": [], "drop": {}, "gain_difference": []}


def test_labels_are_matched_by_name():
    inside = side(0, names=("Mass", "Hernia", "Edema"))
    made = found(inside)
    truth, (cnn, *_) = inside
    assert made["labels_compared"] == ["Edema", "Mass"]
    auc = roc_auc_score(truth.labels[:, 2], cnn.probabilities[:, 2])
    assert made["drop"]["cnn"]["labels"]["Edema"]["inside"] == pytest.approx(auc)


def test_with_few_patients_the_reason_names_the_hospital():
    drop = found(outside=side(1, 20))["drop"]["cnn"]
    assert (drop["ci"], drop["p"], drop["answer"]) == (None, None, "inconclusive")
    assert drop["labels"]["Edema"]["ci_missing"].startswith("B: ")


def test_the_models_of_one_fold_are_evaluated_alone():
    truth, scores = side(1)
    both = site(truth, scores, n_folds=2)
    halves = np.stack([scores[0].probabilities, 1 - scores[0].probabilities])[:, None]
    both = SiteScores("B", truth, both.scores, dict(both.by_training) | {"cnn": halves}, {})
    made = travel.travelled(*side(0), both, PAIRS, TERMS, n_replicates=50)
    assert made["drop"]["cnn"]["outside_of_one_fold"] == pytest.approx(0.5)
    hybrid = made["drop"]["hybrid"]
    assert hybrid["outside_of_one_fold"] == pytest.approx(hybrid["outside"])
    assert found()["drop"]["cnn"]["outside_of_one_fold"] is None


def test_the_same_seed_gives_the_same_figures(made):
    assert found() == made
    assert found(seed=1)["drop"]["cnn"]["ci"] != made["drop"]["cnn"]["ci"]


def test_the_gain_inside_is_that_of_a_paired_comparison(made):
    truth, (cnn, hybrid, _) = side(0)
    ours, theirs = (
        bootstrap.replicates(truth.labels, one.probabilities, truth.owners, n_replicates=200)
        for one in (hybrid, cnn)
    )
    gain = made["gain_difference"][0]["inside"]
    assert gain["ci"] == bootstrap.interval(ours.macro - theirs.macro)
    assert gain["delta_macro_auc"] == pytest.approx(macro(ours.whole[:-1] - theirs.whole[:-1]))
    assert gain["answer"] == "raises"


def test_a_single_model_has_a_drop_alone():
    (inside, (cnn, *_)), outside = side(0), side(1)
    made = travel.travelled(inside, [cnn], site(*outside), [], TERMS, n_replicates=50)
    assert ([*made["drop"]], made["gain_difference"]) == (["cnn"], [])
