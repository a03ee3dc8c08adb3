import numpy as np
import pytest

from errors import InvalidOption
from evaluation import bootstrap
from evaluation.certainty import SAME
from evaluation.clustered_means import ALL, MEAN, clustered

GROUPS = np.array(["Mass", "Mass", "Edema", "Mass", "Edema", "Edema", "Edema"], object)
PATIENTS = np.array(["a", "a", "a", "b", "b", "c", "d"])
VALUES = np.column_stack([[1.0, 0, 1, 1, 0, 0, 0], [np.nan, 2.0, 3, 4, np.nan, 5, 6]])


@pytest.fixture(scope="module")
def table():
    return clustered(VALUES, GROUPS, PATIENTS, n_replicates=200, seed=3)


def many_patients():
    """The same images of ten times as many patients."""
    patients = np.concatenate([np.char.add(PATIENTS, str(number)) for number in range(10)])
    return clustered(np.tile(VALUES, (10, 1)), np.tile(GROUPS, 10), patients, n_replicates=200)


def test_means_are_by_group_of_all_images_and_of_the_groups(table):
    assert table.rows == ("Mass", "Edema", ALL, MEAN)
    expected = [[2 / 3, 3], [1 / 4, 14 / 3], [3 / 7, 4], [(2 / 3 + 1 / 4) / 2, (3 + 14 / 3) / 2]]
    np.testing.assert_allclose(table.means, expected)


def test_replicates_take_all_images_of_each_patient_drawn(table):
    for replicate in range(20):
        times = dict(zip("abcd", bootstrap.draw(4, 3, replicate), strict=True))
        rows = np.repeat(np.arange(7), [int(times[patient]) for patient in PATIENTS])
        with np.errstate(invalid="ignore"):
            edema = rows[GROUPS[rows] == "Edema"]
            expected = [VALUES[rows, 0].mean(), VALUES[edema, 0].sum() / len(edema)]
        np.testing.assert_allclose(table.resampled[replicate, [2, 1], 0], expected)


def test_an_interval_is_that_of_the_replicates(table):
    many = many_patients()
    estimate = many.estimate("Edema", 1)
    assert estimate["value"] == pytest.approx(14 / 3) == table.estimate("Edema", 1)["value"]
    assert estimate["ci"] == bootstrap.interval(many.resampled[:, 1, 1])
    assert estimate["ci_missing"] is None


def test_images_of_one_patient_make_intervals_as_wide_as_one_image_each():
    rng = np.random.default_rng(0)
    once = rng.normal(size=(40, 1))
    groups, patients = np.full(40, "Mass", object), np.arange(40)
    alone = clustered(once, groups, patients)
    thrice = clustered(np.tile(once, (3, 1)), np.tile(groups, 3), np.tile(patients, 3))
    np.testing.assert_allclose(thrice.estimate(ALL, 0)["ci"], alone.estimate(ALL, 0)["ci"])


def test_below_20_patients_there_is_a_reason_in_place_of_an_interval(table):
    reason = "the 7 images come from 4 patients; at least 20 are needed"
    assert table.estimate(ALL, 0) == {"value": 3 / 7, "ci": None, "ci_missing": reason}
    assert many_patients().estimate(ALL, 0)["ci"] is not None


def test_patients_without_the_figure_do_not_count():
    values = np.where(np.arange(30) < 19, np.arange(30.0), np.nan)[:, None]
    estimate = clustered(values, np.full(30, "Mass", object), np.arange(30)).estimate(ALL, 0)
    assert estimate["ci_missing"].endswith("which makes 19; at least 20 are needed")


def test_a_mean_over_groups_of_fewer_than_5_patients_each_has_no_interval():
    groups = (np.arange(24) // 4).astype(str).astype(object)
    table = clustered(np.arange(24.0)[:, None], groups, np.arange(24))
    assert table.estimate(ALL, 0)["ci"] is not None
    assert "no group has 5 patients" in table.estimate(MEAN, 0)["ci_missing"]


def test_a_share_that_no_replicate_moves_is_not_certain():
    table = clustered(np.ones((30, 1)), np.full(30, "Mass", object), np.arange(30))
    assert table.estimate(ALL, 0) == {"value": 1, "ci": None, "ci_missing": SAME}


def test_too_few_replicates_are_refused():
    with pytest.raises(InvalidOption, match="at least 39 bootstrap replicates; got 5"):
        clustered(VALUES, GROUPS, PATIENTS, n_replicates=5)


def test_a_figure_that_no_image_has_is_none():
    missing = np.column_stack([VALUES[:, 0], np.full(7, np.nan)])
    estimate = clustered(missing, GROUPS, PATIENTS).estimate("Mass", 1)
    assert (estimate["value"], estimate["ci"]) == (None, None)
