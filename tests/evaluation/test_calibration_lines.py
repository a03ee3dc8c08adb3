import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit, logit

from evaluation.calibration_lines import NO_FIT, estimates, in_the_large, slope

RNG = np.random.default_rng(3)
OWNERS = np.repeat(np.arange(150), 3)
LOGITS = RNG.normal(-1, 1.5, 450)
# Images of a patient are alike, and the probabilities too extreme and too high.
LABELS = (RNG.random(450) < expit(0.6 * LOGITS - 1.2 + RNG.normal(size=150)[OWNERS])).astype(float)
PROBABILITIES = expit(LOGITS)


def of_statsmodels(design, offset):
    """The first coefficient and its standard error by patient, with the factor used here."""
    model = sm.GLM(LABELS, design, family=sm.families.Binomial(), offset=offset)
    groups = {"groups": OWNERS, "use_correction": False}
    fitted = model.fit(cov_type="cluster", cov_kwds=groups)
    return fitted.params[0], fitted.bse[0] * np.sqrt(150 / 149)


@pytest.mark.parametrize(
    ("fitting", "design", "offset"),
    [
        (in_the_large, np.ones((450, 1)), LOGITS),
        (slope, np.column_stack([LOGITS, np.ones(450)]), None),
    ],
)
def test_coefficients_and_intervals_by_patient_are_those_of_statsmodels(fitting, design, offset):
    value, error = of_statsmodels(design, offset)
    found = estimates([fitting(LABELS, PROBABILITIES, OWNERS)], [None])
    assert found["value"] == pytest.approx(value, abs=1e-6)
    assert found["ci"] == pytest.approx([value - 1.96 * error, value + 1.96 * error], abs=1e-4)


def test_images_that_do_not_report_the_label_do_not_count():
    some = np.where(np.arange(450) < 300, LABELS, np.nan)
    one = estimates([slope(some, PROBABILITIES, OWNERS)], [None])
    other = estimates([slope(LABELS[:300], PROBABILITIES[:300], OWNERS[:300])], [None])
    assert one["ci"] == pytest.approx(other["ci"])


def test_the_mean_of_two_equal_labels_is_as_uncertain_as_one():
    one = slope(LABELS, PROBABILITIES, OWNERS)
    found = estimates([one, one], [None, None])
    assert found["ci"] == pytest.approx(estimates([one], [None])["ci"])
    assert [each["value"] for each in found["labels"]] == [one.value] * 2


def test_too_many_predicted_is_below_zero_and_too_extreme_below_one():
    assert in_the_large(LABELS, PROBABILITIES, OWNERS).value < 0
    assert slope(LABELS, PROBABILITIES, OWNERS).value < 1


def test_a_perfect_ranking_has_no_slope_and_says_so():
    positive = (np.arange(40) >= 20).astype(float)
    one = slope(positive, np.linspace(0.1, 0.9, 40), np.arange(40))
    found = estimates([one], [None])
    assert (found["value"], found["ci"], found["ci_missing"]) == (None, None, NO_FIT)


def test_a_label_of_one_class_has_none_and_the_others_remain():
    none = in_the_large(np.zeros(450), PROBABILITIES, OWNERS)
    other = in_the_large(LABELS, PROBABILITIES, OWNERS)
    found = estimates([none, other], ["0 patients have it", None])
    assert found["value"] == other.value
    assert found["labels"][0]["ci_missing"] == "0 patients have it"
    assert estimates([none], ["0 patients have it"])["value"] is None


def test_probabilities_of_0_and_1_stay_finite():
    certain = np.where(LABELS == 1, 1.0, 0.0)
    certain[::7] = 1 - certain[::7]
    assert np.isfinite(in_the_large(LABELS, certain, OWNERS).value)
    assert logit(certain).max() == np.inf
