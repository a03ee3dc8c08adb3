import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from file_names import LONGEST, file_names, harmless, is_possible

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300)


def test_ordinary_names_keep_what_they_say():
    assert file_names(["No Finding", "00000001_000", "a/b", "../x y", "Lungenödem", "a-b.c"]) == [
        *("No_Finding", "00000001_000", "a_b", "x_y", "Lungenödem", "a-b.c")
    ]


@pytest.mark.parametrize("text", ["", ".", "..", "///", "-", "\x1b", "\u202e", "~", "\u3164"])
def test_a_text_without_a_letter_has_a_name_too(text):
    assert harmless(text) == "unnamed"


@pytest.mark.parametrize("text", ["CON", "nul", "Aux.x", "com1", "LPT9", "COM²", "prn."])
def test_devices_of_windows_are_no_names(text):
    assert harmless(text).startswith("_")


def test_names_that_only_resemble_devices_stay():
    assert file_names(["CONsolidation", "com", "com10", "aux-1"]) == [
        *("CONsolidation", "com", "com10", "aux-1")
    ]


@given(TEXTS)
def test_a_name_can_be_made_on_any_system(text):
    name = harmless(text)
    assert 0 < len(name.encode()) <= LONGEST + 1
    assert re.fullmatch(r"[\w.-]+", name)
    assert name[0] not in ".-"
    assert name[-1] != "."


def test_names_that_would_be_the_same_are_numbered():
    assert file_names(["a/b", "a_b", "c"]) == ["a_b-1", "a_b-2", "c"]
    assert file_names(["Mass", "mass"]) == ["Mass-1", "mass-2"]
    # One and two characters for the same letter.
    assert len(set(file_names(["\u00e9", "e\u0301"]))) == 2


def test_a_numbered_name_is_no_other_text_s_name():
    assert file_names(["a", "a", "a-1", "A-2"]) == ["a-1_", "a-2_", "a-1", "A-2"]


@given(
    st.lists(st.one_of(st.sampled_from(["a", "A", "a-1", "a-2", "a-1_", "a/", "x" * 300]), TEXTS))
)
def test_no_two_texts_share_a_file(texts):
    names = file_names(texts)
    assert len({name.casefold() for name in names}) == len(texts)
    assert all(len(f"{name}.png".encode()) <= 255 for name in names)


def test_of_a_long_name_the_end_is_kept():
    assert harmless("x" * 400 + "-Mass").endswith("x-Mass")
    assert harmless("肺" * 100) == "肺" * (LONGEST // 3)


def test_devices_and_names_that_are_too_long_are_not_possible():
    assert [is_possible(name) for name in ("a b+c", "con", "NUL.x", "x" * 200, "肺" * 67)] == [
        *(True, False, False, True, False)
    ]
