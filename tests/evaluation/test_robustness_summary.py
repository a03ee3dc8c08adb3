import numpy as np
import pytest

from evaluation.bootstrap import interval, p_value
from evaluation.robustness_summary import ALL, Pair, summary
from evaluation.severity_figures import Drawn

RNG = np.random.default_rng(3)
B = 400
SHARED = RNG.normal(0, 0.02, B)


def auc(value):
    return Drawn(value, value + SHARED + RNG.normal(0, 0.004, B))


PLAIN = {"hybrid": auc(0.8), "cnn": auc(0.8)}


def both(hybrid, cnn):
    return {"hybrid": auc(hybrid), "cnn": auc(cnn)}


CURVES = {
    "blur": {1: both(0.78, 0.7), 5: both(0.72, 0.6)},
    "shift": {1: both(0.79, 0.8), 5: both(0.77, 0.77)},
}
FOUND = summary(PLAIN, CURVES, Pair("hybrid", "cnn"))


def test_a_loss_is_the_mean_over_severities():
    assert FOUND["blur"]["losses"]["hybrid"]["value"] == pytest.approx(0.05)
    assert FOUND["blur"]["losses"]["cnn"]["value"] == pytest.approx(0.15)
    low, high = FOUND["blur"]["losses"]["cnn"]["ci"]
    assert low < 0.15 < high


def test_all_changes_count_alike():
    assert [*FOUND] == ["blur", "shift", ALL]
    assert FOUND[ALL]["losses"]["hybrid"]["value"] == pytest.approx((0.05 + 0.02) / 2)


def test_differences_are_paired():
    difference = FOUND["blur"]["difference"]
    assert difference["value"] == pytest.approx(-0.1)
    low, high = difference["ci"]
    # The replicates of both models share most of their scatter, which cancels.
    assert high - low < 0.03


def test_p_values_are_corrected_for_the_number_of_changes():
    loss = {
        name: PLAIN[name].draws
        - np.mean([CURVES["blur"][severity][name].draws for severity in (1, 5)], axis=0)
        for name in PLAIN
    }
    p = p_value(loss["hybrid"] - loss["cnn"])
    assert FOUND["blur"]["difference"]["p"] == pytest.approx(p)
    assert FOUND["blur"]["difference"]["p_holm"] == pytest.approx(2 * p)
    assert FOUND[ALL]["difference"]["p_holm"] == FOUND[ALL]["difference"]["p"]


def test_the_corruption_error_is_a_ratio_of_errors():
    assert FOUND["blur"]["corruption_error"]["value"] == pytest.approx(0.25 / 0.35)
    assert FOUND["shift"]["corruption_error"]["value"] == pytest.approx(0.22 / 0.215)
    expected = (0.25 / 0.35 + 0.22 / 0.215) / 2
    assert FOUND[ALL]["corruption_error"]["value"] == pytest.approx(expected)


def test_the_gain_is_that_on_changed_images():
    assert FOUND["blur"]["gain"]["value"] == pytest.approx((0.78 + 0.72 - 0.7 - 0.6) / 2)
    draws = np.mean([CURVES["blur"][s]["hybrid"].draws for s in (1, 5)], axis=0)
    draws -= np.mean([CURVES["blur"][s]["cnn"].draws for s in (1, 5)], axis=0)
    assert FOUND["blur"]["gain"]["ci"] == pytest.approx(interval(draws))


def test_one_model_alone_has_losses_only():
    plain = {"cnn": PLAIN["cnn"]}
    curves = {"blur": {1: {"cnn": CURVES["blur"][1]["cnn"]}}}
    found = summary(plain, curves)
    assert [*found["blur"]] == ["losses"]
    assert found["blur"]["losses"]["cnn"]["value"] == pytest.approx(0.1)


def test_figures_without_an_interval_have_no_p():
    few = {name: Drawn(each.whole, each.draws, "too few") for name, each in PLAIN.items()}
    found = summary(few, CURVES, Pair("hybrid", "cnn"))
    assert found["blur"]["difference"]["p"] is None
    assert found["blur"]["difference"]["p_holm"] is None
    assert found["blur"]["difference"]["ci_missing"] == "too few"
