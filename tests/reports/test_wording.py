from dataclasses import replace

import pytest

from datasets.images import LABEL_TABLE
from reports import wording
from reports.report_tree import Report
from tests.reports.comparisons import values


def test_reasons_are_given_once_with_the_figures_they_are_of():
    figures = [("Edema", "few"), ("Mass", None), ("Hernia", "few"), ("Edema", "few"), ("a", "b")]
    told = ["no interval or test for Edema, Hernia: few", "no interval or test for a: b"]
    assert wording.reasons(figures) == told


def test_a_figure_without_an_interval_says_so():
    assert wording.with_interval(0.5, None) == "0.500 [no interval]"
    assert wording.with_interval(None, None) == "–"


def test_patients_are_counted_only_where_they_are_known():
    report, _, _ = values(("sharp",))
    assert wording.subject_matter(Report.of(report)).startswith(
        "60 images of 30 patients, 3 labels"
    )
    report["data"]["patients_from"] = "one patient per image"
    assert wording.subject_matter(Report.of(report)).startswith(
        "60 images (patients not known), 3 labels"
    )


def test_over_how_many_labels_the_macro_auc_is_stands_beside_all_of_them():
    report, _, _ = values()
    told = wording.subject_matter(Report.of(report))
    assert told == "60 images of 30 patients, 3 labels, macro AUC over the 2 with both classes"
    for figures in report["models"].values():
        figures["labels_in_macro"] = 3
    assert wording.subject_matter(Report.of(report)) == "60 images of 30 patients, 3 labels"


def test_one_label_is_counted_in_the_singular():
    figures = next(iter(Report.of(values()[0]).models.values()))
    assert wording.labels_counted(replace(figures, labels_in_macro=1), 1) == "1 label"


def test_a_figure_that_rounds_to_nothing_has_no_sign():
    assert wording.number(-0.0001) == "0.000"
    assert wording.number(None) == "–"


@pytest.mark.parametrize(("value", "told"), [(None, "–"), (0.0004, "< 0.001"), (1, "1.000")])
def test_p_values_are_as_usually_printed(value, told):
    assert wording.p_value(value) == told


def pair(**changes):
    told, _, _ = values()
    return Report.of(told | {"comparisons": [told["comparisons"][0] | changes]}).comparisons[0]


def test_a_p_value_that_could_not_be_smaller_is_an_upper_limit():
    least = pair(p=2 / 61, p_holm=6 / 61, p_resolution=2 / 61)
    assert (wording.macro_p(least), wording.macro_p_holm(least)) == ("≤ 0.033", "≤ 0.098")
    other = pair(p=4 / 61, p_holm=4 / 61, p_resolution=2 / 61)
    assert (wording.macro_p(other), wording.macro_p_holm(other)) == ("0.066", "0.066")
    assert wording.macro_p(pair(p=2 / 2001, p_resolution=2 / 2001)) == "< 0.001"


@pytest.mark.parametrize(
    ("answer", "within", "told"),
    [
        ("raises", False, "raises"),
        ("lowers", True, "lowers, within ±0.01"),
        ("equivalent", True, "equivalent within ±0.01"),
        ("inconclusive", False, "inconclusive"),
    ],
)
def test_an_answer_is_a_few_words(answer, within, told):
    assert wording.short_answer(pair(answer=answer, within_margin=within)) == told


@pytest.mark.parametrize(
    ("needed", "told"), [(None, "–"), (3_462, "about 3,500"), (2_000_000, "over a million")]
)
def test_patients_needed_have_two_digits(needed, told):
    assert wording.patients_needed(pair(patients_needed=needed)) == told


@pytest.mark.parametrize(
    ("unit", "noun"), [("image", "images"), (None, "images"), ("study", "studies")]
)
def test_what_is_counted_is_named(unit, noun):
    assert wording.images_of(1200, 3, LABEL_TABLE, unit) == f"1,200 {noun} of 3 patients"


@pytest.mark.parametrize(("text", "shown"), [("macro AUC", "Macro AUC"), ("p", "P"), ("", "")])
def test_a_capital_leaves_the_other_letters_alone(text, shown):
    assert wording.capital(text) == shown
