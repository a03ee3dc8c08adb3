from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from datasets.labels import (
    Policies,
    from_joined,
    policy_of_all,
    read_ages,
    read_meta,
    read_policy,
)
from errors import BadTable, InvalidOption

VALUES = pd.DataFrame({"Edema": ["1", "-1", "", "0.0"], "Mass": ["-1.0", "0", "1.0", ""]})
WHERE = Path("table.csv")


def test_ignore_leaves_minus_one_and_blank_unreported():
    labels, _ = Policies("ignore", "ignore").apply(VALUES, WHERE)
    np.testing.assert_array_equal(
        labels, [[1, np.nan], [np.nan, 0], [np.nan, 1], [0, np.nan]], strict=False
    )


def test_a_policy_can_differ_by_label():
    labels, _ = Policies("zeros,Edema=ones", "zeros").apply(VALUES, WHERE)
    assert labels.tolist() == [[1, 0], [1, 0], [0, 1], [0, 0]]


def test_the_note_counts_what_a_policy_changed():
    _, notes = Policies("ones", "zeros").apply(VALUES, WHERE)
    assert notes == (
        "uncertain (-1): Edema 1 to ones, Mass 1 to ones",
        "blank: Edema 1 to zeros, Mass 1 to zeros",
    )


def test_the_order_of_a_policy_does_not_matter():
    names = ["Edema", "Mass"]
    assert read_policy("Edema=ones,zeros", names) == read_policy("zeros,Edema=ones", names)


@pytest.mark.parametrize("text", ["maybe", "Edema=maybe", "Oedema=ones", ""])
def test_an_unknown_policy_or_label_is_refused(text):
    with pytest.raises(InvalidOption, match="ones, zeros, ignore"):
        read_policy(text, ["Edema"])


def test_a_value_that_is_no_label_is_named_with_its_row():
    with pytest.raises(BadTable, match=r"column 'Edema' has 'yes' on row 3"):
        Policies("ignore", "ignore").apply(pd.DataFrame({"Edema": ["1", "yes"]}), WHERE)


def test_joined_findings_become_one_column_each():
    labels, names = from_joined(pd.Series(["B|A", "C", ""]))
    assert names == ("A", "B", "C")
    assert labels.tolist() == [[1, 1, 0], [0, 0, 1], [0, 0, 0]]


def test_joined_findings_keep_the_order_given_and_leave_out_those_that_never_occur():
    _, names = from_joined(pd.Series(["B|A"]), ("C", "B", "A"))
    assert names == ("B", "A")


def test_a_finding_of_another_data_set_is_refused():
    with pytest.raises(BadTable, match="'Z'"):
        from_joined(pd.Series(["A", "Z"]), ("A",))


def test_ages_read_in_every_spelling():
    ages = read_ages(pd.Series(["58", "058Y", "006M", "", "411", "x"]))
    np.testing.assert_array_equal(ages, [58, 58, 0, np.nan, np.nan, np.nan])


@pytest.mark.parametrize("column", ["Patient Gender", "Patient Sex", "sex"])
def test_sex_is_found_under_its_names(column):
    assert read_meta(pd.DataFrame({column: ["Male", "F", "?"]}))["sex"].tolist() == ["M", "F", ""]


@pytest.mark.parametrize(
    ("text", "policy"), [("ones,Edema=zeros", "ones"), ("Edema=zeros", "ignore"), ("ones", "ones")]
)
def test_other_data_sets_take_the_policy_that_names_no_label(text, policy):
    assert policy_of_all(text, "ignore") == policy
