import numpy as np
import pandas as pd
import pytest

from datasets import reader_votes
from datasets.reader_votes import Marks
from errors import BadTable

NO_BOXES = pd.DataFrame()


def marks(names, readers, votes, ids="ab"):
    return Marks(np.array([*ids], object), names, np.array(readers), np.array(votes), NO_BOXES)


def test_a_majority_is_more_than_half_of_the_readers_of_that_image():
    of_three_and_four = marks(("Mass",), [3, 4], [[2], [2]])
    np.testing.assert_array_equal(reader_votes.voted(of_three_and_four, "majority"), [[1], [0]])


def test_one_row_for_a_consensus_decides_by_any_rule():
    alone = marks(("Mass",), [1, 1], [[1], [0]])
    for rule in reader_votes.VOTES:
        np.testing.assert_array_equal(reader_votes.voted(alone, rule), [[1], [0]])


def test_findings_that_readers_disagree_on_are_not_reported_with_agreed():
    found = reader_votes.voted(marks(("Mass",), [3, 3], [[3], [1]]), "agreed")
    np.testing.assert_array_equal(found, [[1], [np.nan]])


def test_tables_are_joined_by_the_names_of_findings():
    first = marks(("Mass", "Edema"), [3, 3], [[3, 0], [0, 0]])
    second = marks(("Edema", "Mass"), [1, 1], [[1, 0], [0, 1]], "cd")
    joined = reader_votes.joined([first, second])
    assert joined.ids.tolist() == ["a", "b", "c", "d"]
    np.testing.assert_array_equal(joined.votes, [[3, 0], [0, 0], [0, 1], [1, 0]])


def test_tables_of_other_findings_are_refused_by_name():
    pair = [marks(("Mass",), [1, 1], [[1], [0]]), marks(("Edema",), [1, 1], [[1], [0]], "cd")]
    with pytest.raises(BadTable, match="in one only: Edema, Mass"):
        reader_votes.joined(pair)
