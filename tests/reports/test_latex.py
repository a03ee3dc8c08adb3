import re

import pytest

from reports.latex import document, escaped, tabular


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Pleural_Thickening", r"Pleural\_Thickening"),
        ("50 % & $x$ {#}", r"50 \% \& \$x\$ \{\#\}"),
        (r"\input{a}", r"\textbackslash{}input\{a\}"),
        ("a^b~c", r"a\textasciicircum{}b\textasciitilde{}c"),
        ("−0.1 < 1", "$-$0.1 $<$ 1"),
        ("a---b", "a-{}-{}-b"),
        ("a\nb\x1b", r"a\textbackslash{}x0ab\textbackslash{}x1b"),
    ],
)
def test_text_is_shown_letter_for_letter(text, shown):
    assert escaped(text) == shown


@pytest.mark.parametrize("text", ["[1mm]", "*"])
def test_no_row_starts_as_an_option_of_the_row_before(text):
    assert escaped(text) == f"{{}}{text}"


def test_rules_are_those_of_booktabs_and_one_separates_groups():
    made = tabular(("a", "b"), [[("x", "1")], [], [("y", "2")]])
    assert re.findall(r"\\(\w+rule)", made) == ["toprule", "midrule", "midrule", "bottomrule"]
    assert "{@{}lr@{}}" in made


def test_every_row_has_the_columns_of_the_header():
    lines = tabular(("a", "b & c"), [[("x", "1"), ("y", "2")]]).splitlines()
    assert [len(re.findall(r"(?<!\\)&", line)) for line in lines if line.endswith(r"\\")] == [1] * 3


def test_a_comment_never_leaves_its_line():
    made = document(["one\ntwo"], ["table"]).splitlines()
    assert [line.startswith("%") for line in made] == [True, True, False]


def test_names_above_the_header_cover_their_columns():
    made = tabular(("a", "b", "c"), [[("x", "1", "2")]], [("", 1), ("a_b", 2)])
    assert r"\multicolumn{1}{c}{} & \multicolumn{2}{c}{a\_b} \\" in made
    assert r"\cmidrule(lr){2-3}" in made
    assert made.count("cmidrule") == 1
