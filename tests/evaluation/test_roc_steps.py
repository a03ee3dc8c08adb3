import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from evaluation.roc_counts import roc_counts

RNG = np.random.default_rng(sum(map(ord, "roc steps")))
N_PATIENTS = 40
OWNERS = RNG.integers(N_PATIENTS, size=300)
LABELS = RNG.choice([0.0, 1.0, np.nan], 300, p=[0.6, 0.3, 0.1])
WEIGHTS = RNG.integers(0, 4, (N_PATIENTS, 10))
SPECIFICITIES = (0.5, 0.9, 0.95)
# Few values, so that ties are the rule, and many, so that there are none.
TIED, UNTIED = RNG.integers(0, 12, 300) / 12, RNG.random(300)
both = pytest.mark.parametrize("scores", [TIED, UNTIED], ids=["tied", "untied"])


def steps(scores, weights=WEIGHTS):
    return roc_counts(LABELS, scores, OWNERS, N_PATIENTS).steps(weights)


def by_replicate(figure, scores):
    """figure(labels, scores, sample_weight) under each column of weights."""
    known = ~np.isnan(LABELS)
    rows = (column[OWNERS][known] for column in WEIGHTS.T)
    return [figure(LABELS[known], scores[known], sample_weight=row) for row in rows]


def repeated(scores, column):
    """Images as often as their patient was drawn."""
    times = np.where(np.isnan(LABELS), 0, column[OWNERS])
    return np.repeat(LABELS, times), np.repeat(scores, times)


def highest(xs, ys, x):
    """The line through rising points at x, one after the other; of a vertical piece the top."""
    last = max(place for place, each in enumerate(xs) if each <= x + 1e-12)
    if xs[last] >= x - 1e-12:
        return ys[last]
    share = (x - xs[last]) / (xs[last + 1] - xs[last])
    return ys[last] + share * (ys[last + 1] - ys[last])


@both
def test_average_precision_is_that_of_scikit_learn(scores):
    expected = by_replicate(average_precision_score, scores)
    np.testing.assert_allclose(steps(scores).average_precision, expected, rtol=1e-10)


@both
@pytest.mark.parametrize("specificity", SPECIFICITIES)
def test_partial_auc_is_that_of_scikit_learn(scores, specificity):
    found = steps(scores).partial_auc(specificity)
    expected = [
        roc_auc_score(*repeated(scores, column), max_fpr=1 - specificity) for column in WEIGHTS.T
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-10)


@both
@pytest.mark.parametrize("specificity", SPECIFICITIES)
def test_sensitivity_is_read_off_the_roc_curve_of_scikit_learn(scores, specificity):
    found = steps(scores).sensitivity(specificity)
    for value, column in zip(found, WEIGHTS.T, strict=True):
        fpr, tpr, _ = roc_curve(*repeated(scores, column), drop_intermediate=False)
        assert value == pytest.approx(highest(fpr, tpr, 1 - specificity))


@both
@pytest.mark.parametrize("sensitivity", SPECIFICITIES)
def test_specificity_is_read_off_the_roc_curve_of_scikit_learn(scores, sensitivity):
    found = steps(scores).specificity(sensitivity)
    for value, column in zip(found, WEIGHTS.T, strict=True):
        fpr, tpr, _ = roc_curve(*repeated(scores, column), drop_intermediate=False)
        # The curve seen from its other end.
        assert value == pytest.approx(highest(1 - tpr[::-1], 1 - fpr[::-1], 1 - sensitivity))


def test_a_specificity_that_a_threshold_has_exactly_is_not_missed_by_rounding():
    labels = np.repeat([0.0, 1.0], [100, 1])
    scores = np.append(np.arange(100), 54.5)
    found = roc_counts(labels, scores, np.arange(101), 101).steps(np.ones((101, 1), int))
    # 55 of 100 negatives are below the positive, and 0.55 * 100 is more than 55.
    assert found.sensitivity(0.55) == 1


def test_constant_scores_have_the_figures_of_chance():
    constant = steps(np.full(300, 0.3))
    labels, weights = LABELS == 1, WEIGHTS[OWNERS]
    prevalence = weights[labels].sum(axis=0) / weights[~np.isnan(LABELS)].sum(axis=0)
    np.testing.assert_allclose(constant.average_precision, prevalence)
    np.testing.assert_allclose(constant.sensitivity(0.9), 0.1)
    np.testing.assert_allclose(constant.specificity(0.9), 0.1)
    np.testing.assert_allclose(constant.partial_auc(0.9), 0.5)


def test_without_skill_is_what_constant_scores_give():
    chance, constant = steps(UNTIED).without_skill, steps(np.full(300, 0.3))
    np.testing.assert_allclose(chance.average_precision, constant.average_precision)
    np.testing.assert_allclose(chance.auc, 0.5)


@pytest.mark.parametrize("positives", [0, 1])
def test_one_class_has_no_figure(positives):
    one = roc_counts(np.full(5, float(positives)), np.arange(5.0), np.arange(5), 5)
    found = one.steps(np.ones((5, 2), int))
    for figure in (found.auc, found.sensitivity(0.9), found.specificity(0.9)):
        assert np.isnan(figure).all()
    assert np.isnan(found.partial_auc(0.9)).all()
