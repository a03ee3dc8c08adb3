import numpy as np
import pytest

from reports.prediction_columns import Beside, are_beside, as_text

TRUTH = np.array([[1, 0], [0, np.nan], [1, 1]])
THRESHOLDS = np.array([[0.5, 0.25], [0.5, 0.25], [np.nan, 0.1]])
PROBABILITIES = np.array([[0.5, 0.2], [0.4, 0.9], [0.9, 0.1]])
NAMES = ["fold", "truth:a", "truth:b", "threshold:a", "threshold:b", "decision:a", "decision:b"]


def cells(beside, rows=slice(None)):
    columns = beside.columns(rows, PROBABILITIES[rows])
    names = beside.names(["a", "b"])
    return {name: column.to_pylist() for name, column in zip(names, columns, strict=True)}


def test_fold_truth_threshold_and_decision_stand_in_this_order():
    beside = Beside(TRUTH, THRESHOLDS, np.array([1, 1, 2]))
    found = cells(beside)
    assert list(found) == NAMES
    assert found["fold"] == ["1", "1", "2"]


def test_what_is_not_reported_or_has_no_threshold_is_empty():
    found = cells(Beside(TRUTH, THRESHOLDS))
    assert found["truth:b"] == ["0", "", "1"]
    assert found["threshold:a"] == ["0.5", "0.5", ""]
    assert found["decision:a"] == ["1", "0", ""]


def test_a_probability_at_the_threshold_is_called_present():
    assert cells(Beside(TRUTH, THRESHOLDS))["decision:b"] == ["0", "1", "1"]


def test_without_thresholds_there_is_truth_alone():
    assert list(cells(Beside(TRUTH))) == ["truth:a", "truth:b"]


def test_some_rows_are_those_of_all():
    whole, part = (cells(Beside(TRUTH, THRESHOLDS), rows) for rows in (slice(None), slice(1, 3)))
    assert part == {name: column[1:] for name, column in whole.items()}


def test_every_threshold_is_read_again_to_the_last_digit():
    thresholds = np.random.default_rng(0).random((3, 2), np.float32)
    found = cells(Beside(TRUTH, thresholds))
    for column, name in zip(thresholds.T, ("threshold:a", "threshold:b"), strict=True):
        np.testing.assert_array_equal([*map(float, found[name])], column.astype(float))


@pytest.mark.parametrize("labels", [["a", "b"], ["a", "truth:a", "fold"]])
def test_all_names_beside_labels_are_known_again(labels):
    names = Beside(np.ones((1, len(labels))), None, np.array([1])).names(labels)
    assert set(names) <= are_beside([*labels, *names])


def test_columns_of_other_tables_are_not_taken_for_ours():
    assert are_beside(["id", "fold", "a", "truth:b", "sum:a"]) == set()


def test_numbers_are_written_as_numpy_writes_them():
    values = np.array([0, 1, 1e-5, 0.1, 1 / 3])
    assert as_text(values).to_pylist() == values.astype(str).tolist()
