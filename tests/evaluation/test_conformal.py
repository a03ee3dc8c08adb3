import numpy as np
import pytest

from errors import InvalidOption
from evaluation.conformal import LEVELS, Bounds, bound, least_patients, place_of

TENTH = place_of(0.1)


def made(n_with, n_without, seed=0, images=1):
    """Labels and probabilities (n, 1) of images, and their patients."""
    rng = np.random.default_rng(seed)
    n_patients = n_with + n_without
    sizes = rng.integers(1, images + 1, n_patients)
    owners = np.repeat(np.arange(n_patients), sizes)
    labels = (owners < n_with).astype(float)
    own = rng.normal(size=n_patients)[owners]
    scores = own + rng.normal(size=len(owners)) / 2 + labels
    return labels[:, None], (1 / (1 + np.exp(-scores)))[:, None], owners


def covered(labels, answers, owners, kind):
    """The mean over patients of the share of images without a wrong answer."""
    who = labels[:, 0] == kind
    right = answers[who, 0] != 1 - kind
    return np.mean([right[owners[who] == each].mean() for each in np.unique(owners[who])])


@pytest.mark.parametrize("images", [1, 6])
def test_coverage_of_new_patients_is_within_binomial_bounds_of_the_level(images):
    n_studies, n_with, n_new = 300, 29, 20
    shares = []
    for seed in range(n_studies):
        seen, new = made(n_with, 60, seed, images), made(n_new, n_new, 1000 + seed, images)
        answers = Bounds.of(*seen).answers(new[1], 0.1)
        shares.append([covered(new[0], answers, new[2], kind) for kind in (0, 1)])
    error = np.std(shares, axis=0) / np.sqrt(n_studies)
    assert (np.mean(shares, axis=0) > 0.9 - 3 * error).all()
    # At most 1 / (n + 1) more, but for patients whose images share a bound.
    assert (np.mean(shares, axis=0) < 0.9 + 3 * error + images / (n_with + 1)).all()


def test_with_one_image_a_patient_the_bound_is_an_order_statistic():
    scores = np.random.default_rng(0).random(37)
    found = bound(scores, np.arange(37))
    places = np.floor(LEVELS * 38 + 1e-9).astype(int)
    expected = np.where(places > 0, np.sort(scores)[np.maximum(places, 1) - 1], np.nan)
    np.testing.assert_array_equal(found, expected)


def test_a_patients_images_share_its_weight():
    # Of four patients and a new one each weighs 0.2; the first has two images.
    scores, owners = np.array([0.1, 0.2, 0.3, 0.4, 0.5]), np.array([0, 0, 1, 2, 3])
    found = dict(zip(np.round(LEVELS, 2), bound(scores, owners), strict=True))
    assert found[0.25] == 0.1
    assert found[0.3] == found[0.35] == 0.2
    assert found[0.4] == 0.3
    assert np.isnan(found[0.19])


@pytest.mark.filterwarnings("ignore:WARNING. your conformalization dataset has less labels")
def test_one_sides_bounds_are_those_of_mapie():
    """Another way: MAPIE's LAC sets, calibrated on the images with the finding alone."""
    from mapie.classification import SplitConformalClassifier
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    values, labels = rng.normal(size=(300, 2)), rng.random(300) < 0.5
    values[labels] += 1
    model = LogisticRegression().fit(values[:100], labels[:100].astype(int))
    sick = values[100:200][labels[100:200]]
    mapie = SplitConformalClassifier(model, confidence_level=0.9, prefit=True)
    mapie.conformalize(sick, np.ones(len(sick), int))
    sets = mapie.predict_set(values[200:])[1][:, 1, 0]
    lowest = bound(model.predict_proba(sick)[:, 1], np.arange(len(sick)))[TENTH]
    np.testing.assert_array_equal(sets, model.predict_proba(values[200:])[:, 1] >= lowest)


def test_between_and_beyond_the_bounds_the_answer_is_cannot_say():
    lowest, highest = np.full((len(LEVELS), 2), 0.3), np.full((len(LEVELS), 2), 0.6)
    # The second label is separated so well that some values fit neither side.
    lowest[:, 1], highest[:, 1] = 0.6, 0.3
    bounds = Bounds(lowest, highest, np.full((2, 2), 50))
    answers = bounds.answers(np.array([[0.2, 0.2], [0.4, 0.4], [0.7, 0.7]]), 0.1)
    np.testing.assert_array_equal(answers, [[0, 0], [np.nan, np.nan], [1, 1]])


@pytest.mark.parametrize(("n_with", "n_without"), [(8, 40), (40, 8)])
def test_a_label_of_too_few_patients_is_never_answered(n_with, n_without):
    labels, probabilities, owners = made(n_with, n_without)
    bounds = Bounds.of(labels, probabilities, owners)
    assert least_patients(0.1) == 9
    assert not bounds.guaranteed(0.1).any()
    assert np.isnan(bounds.answers(probabilities, 0.1)).all()
    assert bounds.guaranteed(0.12).all()


def test_images_that_do_not_report_a_label_do_not_count():
    labels, probabilities, owners = made(20, 20)
    more = np.vstack([labels, np.full((5, 1), np.nan)])
    with_more = np.vstack([probabilities, np.full((5, 1), 0.01)])
    found = Bounds.of(more, with_more, np.append(owners, 100 + np.arange(5)))
    plain = Bounds.of(labels, probabilities, owners)
    np.testing.assert_array_equal(found.lowest, plain.lowest)
    assert found.patients.tolist() == plain.patients.tolist() == [[20], [20]]


def test_a_label_without_any_image_has_no_bounds():
    labels, probabilities, owners = made(20, 20)
    bounds = Bounds.of(np.full_like(labels, np.nan), probabilities, owners)
    assert np.isnan(bounds.lowest).all()
    assert bounds.patients.tolist() == [[0], [0]]


@pytest.mark.parametrize("level", [0, 0.005, 0.123, 0.6, 1, -0.1])
def test_a_level_that_is_not_a_percentage_up_to_half_is_refused(level):
    with pytest.raises(InvalidOption, match=r"Try --abstain 0\.1"):
        place_of(level)
