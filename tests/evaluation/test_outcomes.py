import numpy as np
import pytest

from evaluation import equivalence, power
from evaluation.bootstrap import replicates
from evaluation.certainty import missing
from evaluation.outcomes import Terms, answered, between, claim, compared
from evaluation.scores import Scores
from evaluation.truth import Truth

RNG = np.random.default_rng(sum(map(ord, "answers")))
N_IMAGES, N_REPLICATES = 400, 199
LABELS = (RNG.random((N_IMAGES, 2)) < 0.3).astype(float)
TRUTH = Truth(np.arange(N_IMAGES), np.arange(N_IMAGES) // 2, LABELS, ("Mass", "Edema"))
LOGITS = LABELS + RNG.normal(size=LABELS.shape)
# The same scores, with a little noise, with much of it, and none that is related to the labels.
NOISE = {"same": 0.0, "near": 1e-4, "worse": 2.0, "unclear": 0.25}


def scored(name):
    logits = LOGITS + NOISE[name] * RNG.normal(size=LABELS.shape)
    return Scores(name, TRUTH.ids, 1 / (1 + np.exp(-logits)), TRUTH.label_names)


SCORES = {"cnn": scored("same")} | {name: scored(name) for name in NOISE}
RESAMPLED = {
    name: replicates(LABELS, one.probabilities, TRUTH.owners, n_replicates=N_REPLICATES)
    for name, one in SCORES.items()
}


def found(*pairs, **terms):
    why = missing(LABELS, TRUTH.owners)
    return compared(TRUTH, SCORES, RESAMPLED, why, pairs, Terms(**terms))


def test_equal_scores_are_equivalent_with_a_p_of_1():
    (pair,) = found(("same", "cnn"))
    assert (pair["answer"], pair["p"], pair["ci"]) == ("equivalent", 1, [0, 0])
    assert pair["equivalence_ci"] == [0, 0]
    assert pair["equivalence_p"] == 1 / (1 + N_REPLICATES)


def test_nearly_equal_scores_are_equivalent_within_half_a_percent():
    (pair,) = found(("near", "cnn"), margin=0.005)
    assert (pair["answer"], pair["margin"], pair["within_margin"]) == ("equivalent", 0.005, True)


def test_a_clear_difference_is_claimed_in_its_direction():
    worse, better = found(("worse", "cnn"), ("cnn", "worse"))
    assert (worse["answer"], better["answer"]) == ("lowers", "raises")
    assert not worse["within_margin"]
    assert worse["patients_needed"] is None


def test_a_difference_below_a_wide_margin_is_claimed_and_within_it():
    (pair,) = found(("worse", "cnn"), margin=0.9)
    assert (pair["answer"], pair["within_margin"]) == ("lowers", True)


def test_what_is_neither_is_inconclusive_with_what_it_takes():
    (pair,) = found(("unclear", "cnn"), margin=0.001)
    differences = RESAMPLED["unclear"].macro - RESAMPLED["cnn"].macro
    assert pair["answer"] == "inconclusive"
    assert pair["equivalence_p"] == equivalence.p_value(differences, 0.001)
    assert pair["smallest_difference"] == power.smallest_difference(differences, 0.05)
    assert pair["patients_needed"] == power.patients_needed(
        differences, pair["delta_macro_auc"], N_IMAGES // 2, 0.05
    )
    assert pair["patients_needed"] > N_IMAGES // 2


def test_power_is_at_the_level_that_correction_leaves_and_controls_do_not_count():
    pairs = ("unclear", "cnn"), ("worse", "cnn"), ("near", "cnn")
    alone, *_ = found(*pairs, controls=frozenset({"worse", "near"}))
    among, other, _ = found(*pairs)
    assert alone["smallest_difference"] < among["smallest_difference"]
    assert "p_holm" not in found(*pairs, controls=frozenset({"worse"}))[1]
    assert other["p_holm"] == pytest.approx(3 * other["p"])


@pytest.mark.parametrize(("p_holm", "answer"), [(3 * (2 / 120), "raises"), (0.06, "")])
def test_a_claim_needs_a_corrected_p_of_5_percent(p_holm, answer):
    assert claim({"ci": [0.001, 0.03], "p_holm": p_holm}) == answer


def test_without_an_interval_the_comparison_is_inconclusive():
    pair = {"ci": None, "p_holm": None, "delta_macro_auc": 0.2}
    values = answered(pair, np.full(50, 0.2), 19, 0.05, 0.01)
    assert values.pop("answer") == "inconclusive"
    assert values.pop("within_margin") is False
    assert (values.pop("margin"), values.pop("p_resolution")) == (0.01, 2 / 51)
    assert set(values.values()) == {None}


def test_every_two_models_are_compared_once():
    assert between("abc") == [("b", "a"), ("c", "a"), ("c", "b")]
