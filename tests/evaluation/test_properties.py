"""What must hold of the figures whatever the images: small made-up ones, found by hypothesis."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from sklearn import metrics

from evaluation import bootstrap, delong
from evaluation.auc import auc, label_aucs, macro, micro_auc
from evaluation.calibration_error import brier, calibration_error, reliability
from evaluation.certainty import Missing
from evaluation.clustered_means import clustered
from evaluation.comparison import compare, holm
from evaluation.curves import average_precision, roc
from evaluation.decisions import decide
from evaluation.figures import evaluate
from evaluation.localisation import rank_correlation
from evaluation.reported_labels import by_label, pooled
from evaluation.scores import Scores
from evaluation.truth import Truth

pytestmark = pytest.mark.slow
LEAST = bootstrap.ONE_IN - 1
# The same cases on every run: a failure must not depend on the day.
quick = settings(max_examples=40, deadline=None, derandomize=True, database=None)
# Few values, so that ties are the rule.
PROBABILITIES = st.sampled_from([0.0, 0.2, 0.25, 0.5, 0.7, 1.0])
LABELS = st.sampled_from([0.0, 1.0, np.nan])


@st.composite
def images(draw):
    """Labels with gaps and the probabilities of two models, (n, k) each, and patients (n,)."""
    shape = (draw(st.integers(2, 14)), draw(st.integers(1, 3)))
    labels = draw(arrays(float, shape, elements=LABELS))
    first, second = (draw(arrays(float, shape, elements=PROBABILITIES)) for _ in range(2))
    return labels, first, second, draw(arrays(int, shape[0], elements=st.integers(0, 5)))


@st.composite
def label(draw):
    """Whether images have a label, at least one and not all, and two models' probabilities."""
    n_images = draw(st.integers(2, 16))
    positive = draw(arrays(bool, n_images))
    assume(positive.any() and not positive.all())
    first, second = (draw(arrays(float, n_images, elements=PROBABILITIES)) for _ in range(2))
    return positive, first, second


def rising(scores):
    return scores**3 + 2 * scores


def compared(labels, first, second, patients):
    names = tuple(f"label{number}" for number in range(labels.shape[1]))
    ids = np.array([f"film{number}" for number in range(len(labels))], object)
    truth = Truth(ids, patients, labels, names)
    scores = [Scores(name, ids, values, names) for name, values in (("a", first), ("b", second))]
    drawn = [
        bootstrap.replicates(labels, one.probabilities, patients, n_replicates=LEAST)
        for one in scores
    ]
    # The arithmetic, whether or not there are enough patients for it to mean anything.
    return compare(truth, *scores, *drawn, Missing((None,) * len(names), None, None))


@given(images())
@quick
def test_no_auc_or_interval_changes_when_scores_are_stretched(case):
    labels, scores, _, patients = case
    np.testing.assert_array_equal(label_aucs(labels, rising(scores)), label_aucs(labels, scores))
    np.testing.assert_equal(micro_auc(labels, rising(scores)), micro_auc(labels, scores))
    drawn, again = (
        bootstrap.replicates(labels, values, patients, n_replicates=LEAST)
        for values in (scores, rising(scores))
    )
    np.testing.assert_array_equal(again.labels, drawn.labels)
    np.testing.assert_array_equal(again.micro, drawn.micro)


@given(label())
@quick
def test_no_test_or_precision_changes_when_scores_are_stretched(case):
    positive, first, second = case
    for figure in (average_precision, delong.variance):
        np.testing.assert_equal(figure(positive, rising(first)), figure(positive, first))
    stretched = delong.p_value(positive, rising(first), second)
    np.testing.assert_equal(stretched, delong.p_value(positive, first, second))


@given(images(), st.randoms(use_true_random=False))
@quick
def test_the_order_of_images_does_not_matter(case, random):
    labels, scores, _, patients = case
    assume(np.isfinite(label_aucs(labels, scores)).any())
    order = np.array(random.sample(range(len(labels)), len(labels)))
    ids = np.arange(len(labels)).astype(str).astype(object)
    names = tuple(map(str, range(labels.shape[1])))
    judged = [
        evaluate(
            Truth(ids[rows], patients[rows], labels[rows], names),
            [Scores("model", ids[rows], scores[rows], names)],
            thresholds={"model": np.full(len(names), 0.5)},
            n_replicates=LEAST,
        )
        for rows in (np.arange(len(labels)), order)
    ]
    assert flat(judged[1]) == pytest.approx(flat(judged[0]), abs=1e-12, nan_ok=True)


def flat(told, prefix=""):
    """Every figure of a report by its path; what is missing is NaN."""
    if not isinstance(told, dict | list):
        return {prefix: np.nan if told is None else told}
    items = told.items() if isinstance(told, dict) else enumerate(told)
    return {
        path: value
        for key, inner in items
        for path, value in flat(inner, f"{prefix}/{key}").items()
    }


@given(images())
@quick
def test_one_against_another_is_the_other_way_round_with_the_sign_turned(case):
    labels, first, second, patients = case
    ours, theirs = (
        compared(labels, *models, patients) for models in ((first, second), (second, first))
    )
    for delta, interval, p in (("macro_auc", "ci", "p"), ("micro_auc", "micro_ci", "micro_p")):
        assert ours[p] == theirs[p]
        if ours[f"delta_{delta}"] is not None:
            assert ours[f"delta_{delta}"] == pytest.approx(-theirs[f"delta_{delta}"], abs=1e-15)
        if ours[interval] is not None:
            low, high = theirs[interval]
            assert ours[interval] == pytest.approx([-high, -low], abs=1e-15)


@given(images())
@quick
def test_a_model_does_not_differ_from_itself(case):
    labels, first, _, patients = case
    told = compared(labels, first, first, patients)
    assert (told["p"], told["micro_p"]) == (1, 1)
    assert told["ci"] in (None, [0, 0])


@given(label())
@quick
def test_delongs_test_is_symmetric_and_knows_no_difference_from_itself(case):
    positive, first, second = case
    there, back = delong.p_value(positive, first, second), delong.p_value(positive, second, first)
    np.testing.assert_allclose(there, back, rtol=1e-9)
    assert delong.p_value(positive, first, first) == 1


@given(label())
@quick
def test_turning_scores_or_labels_turns_the_auc(case):
    positive, scores, _ = case
    turned = pytest.approx(1 - auc(positive, scores))
    assert auc(positive, -scores) == turned
    assert auc(~positive, scores) == turned


@given(label())
@quick
def test_figures_of_a_label_are_those_of_scikit_learn(case):
    positive, scores, _ = case
    assert auc(positive, scores) == pytest.approx(metrics.roc_auc_score(positive, scores))
    expected = metrics.average_precision_score(positive, scores)
    assert average_precision(positive, scores) == pytest.approx(expected)
    assert brier(positive, scores) == pytest.approx(metrics.brier_score_loss(positive, scores))
    for mine, theirs in zip(
        roc(positive, scores), metrics.roc_curve(positive, scores), strict=False
    ):
        assert {round(x, 9) for x in theirs} <= {round(x, 9) for x in mine}


@given(label(), PROBABILITIES)
@quick
def test_decisions_are_those_of_scikit_learn(case, threshold):
    positive, scores, _ = case
    column = positive[:, None].astype(float), scores[:, None], np.array([threshold])
    decisions, called = decide(*column), scores >= threshold
    kinds = metrics.confusion_matrix(positive, called, labels=[False, True])
    assert kinds.ravel().tolist() == [
        *(decisions.true_negatives, decisions.false_positives),
        *(decisions.false_negatives, decisions.true_positives),
    ]
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        positive, called, average="binary", zero_division=np.nan
    )
    for mine, theirs in ((decisions.precision, precision), (decisions.recall, recall)):
        np.testing.assert_allclose(mine, theirs)
    np.testing.assert_allclose(decisions.f1, f1)


@given(images())
@quick
def test_micro_and_macro_are_those_of_scikit_learn_where_every_label_is_reported(case):
    labels, scores, _, _ = case
    labels = np.nan_to_num(labels)
    assume(all(0 < column.sum() < len(column) for column in labels.T))
    for average, mine in (
        ("micro", micro_auc(labels, scores)),
        ("macro", macro(label_aucs(labels, scores))),
    ):
        assert mine == pytest.approx(metrics.roc_auc_score(labels, scores, average=average))


@given(images())
@quick
def test_a_label_that_is_not_reported_counts_as_if_the_image_were_not_there(case):
    labels, scores, _, _ = case
    for figure in (auc, average_precision, brier, calibration_error):
        found = by_label(figure, labels, scores)
        for column in range(labels.shape[1]):
            there = ~np.isnan(labels[:, column])
            alone = figure(labels[there, column] == 1, scores[there, column])
            np.testing.assert_equal(found[column], alone)


@given(images(), st.data())
@quick
def test_a_patient_of_weight_three_is_a_patient_three_times(case, data):
    labels, scores, _, patients = case
    owners, n_patients = bootstrap.number(patients)
    weights = data.draw(arrays(int, n_patients, elements=st.integers(0, 3)))
    ranking = bootstrap.ranking(
        labels, scores, owners[:, None].repeat(labels.shape[1], 1), n_patients
    )
    (weighted,) = ranking.aucs(weights[:, None].astype(float))
    rows = np.repeat(np.arange(len(labels)), weights[owners])
    np.testing.assert_allclose(weighted, micro_auc(labels[rows], scores[rows]), rtol=1e-12)


@given(images())
@quick
def test_images_that_are_there_twice_change_no_auc_and_no_interval(case):
    labels, scores, _, patients = case
    twice = [np.concatenate([values, values]) for values in (labels, scores, patients)]
    np.testing.assert_allclose(label_aucs(*twice[:2]), label_aucs(labels, scores), rtol=1e-12)
    drawn, again = (
        bootstrap.replicates(*rows, n_replicates=LEAST)
        for rows in ((labels, scores, patients), twice)
    )
    np.testing.assert_allclose(again.macro, drawn.macro, rtol=1e-12)


@given(images())
@quick
def test_means_of_groups_are_means_of_their_images(case):
    labels, values, _, patients = case
    groups = np.where(patients % 2, "odd", "even").astype(object)
    values = np.where(np.isnan(labels), np.nan, values)
    found = clustered(values, groups, patients, n_replicates=LEAST)
    for name in found.rows[:-2]:
        for column in range(values.shape[1]):
            known = values[groups == name, column]
            known = known[~np.isnan(known)]
            mean = found.means[found.rows.index(name), column]
            np.testing.assert_allclose(mean, known.mean() if len(known) else np.nan)


@given(
    arrays(float, st.integers(LEAST, 120), elements=st.sampled_from([-0.2, -0.1, 0.0, 0.1, 0.3]))
)
@quick
def test_an_interval_leaves_zero_out_where_p_is_at_most_5_percent(differences):
    low, high = bootstrap.interval(differences)
    assert (low > 0 or high < 0) == (bootstrap.p_value(differences) <= 0.05)
    assert bootstrap.p_value(-differences) == bootstrap.p_value(differences)


@given(
    arrays(float, st.integers(1, 8), elements=st.sampled_from([0.0, 0.01, 0.02, 0.2, 0.9, np.nan]))
)
@quick
def test_holms_correction_is_its_definition(tests):
    corrected = holm(tests)
    known = tests[~np.isnan(tests)]
    for raw, value in zip(tests, corrected, strict=True):
        smaller = [p * np.sum(known >= p) for p in known if p <= raw]
        np.testing.assert_allclose(value, min(1, max(smaller)) if smaller else np.nan)


@given(label(), st.integers(1, 10))
@quick
def test_bins_of_a_reliability_curve_hold_every_image_once(case, n_bins):
    positive, probabilities, _ = case
    curve = reliability(positive, probabilities, n_bins)
    assert curve.images.sum() == len(positive)
    for shares, images in ((curve.predicted, probabilities), (curve.observed, positive)):
        assert np.average(shares, weights=curve.images) == pytest.approx(images.mean())


@given(label(), st.integers(1, 10))
@quick
def test_the_calibration_error_is_within_the_root_of_brier(case, n_bins):
    positive, probabilities, _ = case
    error = calibration_error(positive, probabilities, n_bins)
    assert 0 <= error <= np.sqrt(brier(positive, probabilities)) + 1e-12


@given(arrays(float, (2, 3, 3), elements=PROBABILITIES))
@quick
def test_rank_correlation_is_spearmans(maps):
    assume(all(len(np.unique(heat)) > 1 for heat in maps))
    expected = stats.spearmanr(*(heat.ravel() for heat in maps)).statistic
    assert rank_correlation(*maps) == pytest.approx(expected, abs=1e-12)


@given(images(), st.randoms(use_true_random=False))
@quick
def test_scores_are_aligned_by_name_whatever_their_order(case, random):
    _, values, _, _ = case
    ids, names = (np.array(list(map(str, range(size))), object) for size in values.shape)
    rows, columns = (random.sample(range(size), size) for size in values.shape)
    shuffled = Scores("model", ids[rows], values[rows][:, columns], tuple(names[columns]))
    np.testing.assert_array_equal(shuffled.over(ids, tuple(names)).probabilities, values)


@given(images())
@quick
def test_pairs_are_pooled_row_by_row(case):
    labels, scores, _, _ = case
    expected = [
        (truth == 1, score)
        for truths, row in zip(labels, scores, strict=True)
        for truth, score in zip(truths, row, strict=True)
        if truth in (0, 1)
    ]
    assert list(zip(*pooled(labels, scores), strict=True)) == expected
