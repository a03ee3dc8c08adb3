from statistics import NormalDist

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from errors import InvalidOption
from evaluation import bootstrap

RNG = np.random.default_rng(sum(map(ord, "bootstrap")))
N_PATIENTS, N_IMAGES = 40, 150
OWNERS = np.append(np.arange(N_PATIENTS), RNG.integers(0, N_PATIENTS, N_IMAGES - N_PATIENTS))
LABELS = (RNG.random((N_IMAGES, 3)) < (0.4, 0.2, 0.02)).astype(float)
LABELS[RNG.random(LABELS.shape) < 0.1] = np.nan
SCORES = (RNG.random(LABELS.shape) + np.nan_to_num(LABELS) / 3).round(1)


@pytest.fixture(scope="module")
def drawn():
    return bootstrap.replicates(LABELS, SCORES, OWNERS, n_replicates=120, seed=3)


def rows_of_replicate(replicate):
    """The rows of the same draw, by hand: every image of a patient as often as they were drawn."""
    rng = np.random.default_rng([3, replicate])
    patients = rng.integers(N_PATIENTS, size=N_PATIENTS)
    return np.concatenate([np.flatnonzero(patient == OWNERS) for patient in patients])


def sklearn_auc(labels, scores):
    reported = ~np.isnan(labels)
    both = len(set(labels[reported])) == 2
    return roc_auc_score(labels[reported], scores[reported]) if both else np.nan


def by_resampling(replicate):
    rows = rows_of_replicate(replicate)
    columns = zip(LABELS[rows].T, SCORES[rows].T, strict=True)
    micro = sklearn_auc(LABELS[rows].ravel(), SCORES[rows].ravel())
    return [sklearn_auc(*column) for column in columns], micro


def test_every_replicate_is_what_resampled_rows_give_with_ties_and_missing_labels(drawn):
    expected = [by_resampling(replicate) for replicate in range(120)]
    labels, micro = (np.array(part) for part in zip(*expected, strict=True))
    np.testing.assert_allclose(drawn.labels, labels, rtol=1e-12)
    np.testing.assert_allclose(drawn.micro, micro, rtol=1e-12)


def test_a_label_with_one_class_in_a_replicate_is_left_out_of_its_macro(drawn):
    assert 0 < np.isnan(drawn.labels[:, 2]).sum() < 120
    np.testing.assert_allclose(drawn.macro, np.nanmean(drawn.labels, axis=1))


def test_another_chunk_size_gives_the_same_numbers(drawn, monkeypatch):
    monkeypatch.setattr(bootstrap, "MOST_AT_ONCE", 7)
    again = bootstrap.replicates(LABELS, SCORES, OWNERS, n_replicates=120, seed=3)
    np.testing.assert_array_equal(again.labels, drawn.labels)


def test_more_replicates_begin_with_the_same_ones_and_another_seed_does_not(drawn):
    more, other = (
        bootstrap.replicates(LABELS, SCORES, OWNERS, n_replicates=130, seed=seed).micro
        for seed in (3, 4)
    )
    np.testing.assert_array_equal(more[:120], drawn.micro)
    assert (other[:120] != drawn.micro).any()


def test_each_draw_has_as_many_patients_as_there_are():
    weights = np.array([bootstrap.draw(30, 0, replicate) for replicate in range(2000)])
    assert (weights.sum(axis=1) == 30).all()
    np.testing.assert_allclose(weights.mean(axis=0), 1, atol=0.15)


def test_equal_scores_differ_by_exactly_0_with_p_1(drawn):
    again = bootstrap.replicates(LABELS, 2 * SCORES, OWNERS, n_replicates=120, seed=3)
    difference = again - drawn
    for figures in (difference.macro, difference.micro):
        assert bootstrap.interval(figures) == [0, 0]
        assert bootstrap.p_value(figures) == 1.0


def test_a_constant_score_is_a_half_in_every_replicate():
    constant = bootstrap.replicates(LABELS, np.full(LABELS.shape, 0.3), OWNERS, n_replicates=50)
    assert set(constant.micro) == {0.5}


def test_an_interval_leaves_2_and_a_half_percent_aside_at_either_end():
    figures = RNG.permutation(999) / 998
    # The 25th smallest and the 25th largest of 999.
    assert bootstrap.interval(figures) == pytest.approx([24 / 998, 974 / 998])


@pytest.mark.parametrize("n_replicates", [39, 100, 200, 999, 1000])
def test_an_interval_leaves_0_out_exactly_where_p_is_5_percent_or_less(n_replicates):
    decided = set()
    for below in range(n_replicates + 1):
        figures = RNG.permutation(np.arange(n_replicates) - below) + 0.5
        low, high = bootstrap.interval(figures)
        significant = bootstrap.p_value(figures) <= 0.05
        assert significant == (low > 0 or high < 0)
        decided.add(bool(significant))
    assert decided == {True, False}


def test_p_is_never_0():
    assert bootstrap.p_value(np.full(999, 0.1)) == 2 / 1000


def test_p_is_two_sided():
    figures = np.concatenate([np.full(90, 0.1), np.full(9, -0.1)])
    assert bootstrap.p_value(figures) == bootstrap.p_value(-figures) == 2 * 10 / 100


def test_replicates_without_a_figure_do_not_count():
    figures = np.append(np.full(99, 0.1), np.full(50, np.nan))
    assert bootstrap.p_value(figures) == 2 / 100
    assert bootstrap.interval(figures) == [0.1, 0.1]


def test_too_few_known_replicates_have_no_interval():
    assert bootstrap.interval(np.append(np.arange(38.0), [np.nan] * 900)) is None


def test_too_few_replicates_are_refused():
    with pytest.raises(InvalidOption, match="at least 39 bootstrap replicates; got 10"):
        bootstrap.replicates(LABELS, SCORES, OWNERS, n_replicates=10)


@pytest.mark.long
def test_intervals_by_patient_cover_the_truth_and_those_by_image_do_not():
    # A patient has the finding or not, and adds a common shift to the scores of all their images.
    truth = NormalDist().cdf(1 / np.sqrt(2 * (1 + 1)))
    covered = np.array([[*covers(truth, np.random.default_rng([7, data]))] for data in range(500)])
    by_patient, by_image = covered.mean(axis=0)
    assert 0.93 <= by_patient <= 0.97
    assert by_image < 0.85


def covers(truth, rng):
    """Whether the interval by patient, and the one by image, covers the true AUC."""
    owners = np.repeat(np.arange(200), rng.geometric(1 / 4, 200))
    labels = (rng.random(200) < 0.4)[owners].astype(float)[:, None]
    shift = rng.normal(size=200)[owners] + rng.normal(size=len(owners))
    for clusters in (owners, np.arange(len(owners))):
        drawn = bootstrap.replicates(
            labels, labels + shift[:, None], clusters, n_replicates=400, seed=0
        )
        low, high = bootstrap.interval(drawn.macro)
        yield low <= truth <= high


def test_with_strata_each_replicate_has_as_many_patients_of_each():
    strata = [np.arange(5), np.arange(5, 40)]
    for replicate in range(20):
        weights = bootstrap.draw(40, 0, replicate, strata)
        assert [weights[each].sum() for each in strata] == [5, 35]


def test_strata_narrow_an_interval_if_patients_differ_between_them():
    owners, scores = np.arange(60), np.repeat([0.2, 0.8], 30)
    labels = np.repeat([0.0, 1.0], 30)
    labels[[0, 59]] = 1 - labels[[0, 59]]
    known = {"n_replicates": 200, "seed": 1}
    alone, sites = (
        bootstrap.replicates(labels[:, None], scores[:, None], owners, **known, strata=strata)
        for strata in ((), [owners[:30], owners[30:]])
    )
    assert sites.macro.std() < alone.macro.std()
