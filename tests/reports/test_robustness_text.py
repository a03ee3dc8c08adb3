import pytest

from reports import robustness_text
from tests.reports import robustness_values as made


def test_the_answer_names_both_losses_and_their_difference():
    assert robustness_text.answer(made.pair()) == (
        "hybrid is less sturdy than cnn: over 2 changes of 300 images it lost 0.090 [0.080, 0.100]"
        " of macro AUC, cnn 0.065 [0.055, 0.075]; difference 0.025 [0.015, 0.035]."
    )


@pytest.mark.parametrize(
    ("ci", "words"),
    [
        ([-0.2, -0.1], "is sturdier than"),
        ([-0.1, 0.1], "is not clearly sturdier or less sturdy than"),
        (None, "is not shown to be sturdier than"),
    ],
)
def test_the_verdict_follows_the_interval_of_the_difference(ci, words):
    values = made.pair()
    values["summary"]["all changes"]["difference"]["ci"] = ci
    assert words in robustness_text.answer(values)


def test_details_say_where_the_baseline_breaks_and_who_loses_less_where():
    first, *others = robustness_text.details(made.pair())
    assert first == (
        "On changed images the mean macro AUC is 0.710 for hybrid (0.800 on unchanged images) and"
        " 0.685 for cnn (0.750 on unchanged images)."
    )
    assert others == [
        "cnn loses most under noise (0.100; hybrid 0.030), blur (0.030; hybrid 0.150).",
        "hybrid loses less than cnn under noise, and more under blur (p ≤ 0.05 after Holm's"
        " correction).",
        "If net alone sees changed images of severity 5, hybrid loses most under noise (0.060),"
        " blur (0.060).",
        "If words alone sees changed images of severity 5, hybrid loses most under noise (0.040),"
        " blur (0.040).",
    ]


def test_changes_that_do_not_differ_are_not_claimed():
    values = made.pair()
    for row in values["summary"].values():
        row["difference"]["p_holm"] = 0.06
    sentence = "No single change separates them (p > 0.05 after Holm's correction)."
    assert sentence in list(robustness_text.details(values))


@pytest.mark.parametrize(
    ("severities", "words"),
    [
        (["1", "2", "3", "4", "5"], "severities 1 to 5"),
        (["1", "2"], "severities 1, 2"),
        (["1", "3", "5"], "severities 1, 3, 5"),
        (["4"], "severity 4"),
    ],
)
def test_severities_are_a_range_where_none_is_missing(severities, words):
    assert robustness_text.numbered(severities) == words


def test_without_tests_nothing_is_said_about_holms_correction():
    values = made.pair()
    for row in values["summary"].values():
        row["difference"]["p_holm"] = None
    assert not any("Holm" in line for line in robustness_text.details(values))


def test_one_model_has_losses_and_no_comparison():
    values = made.alone()
    assert robustness_text.answer(values) == (
        "Over 2 changes of 300 images, hybrid lost 0.090 [0.080, 0.100] of its macro AUC of 0.800"
        " [0.790, 0.810]."
    )
    first, *_ = robustness_text.details(values)
    assert first == "hybrid loses most under blur (0.150), noise (0.030)."
    assert robustness_text.header(values) == ("change", "loss of hybrid")


def test_synthetic_images_are_named_as_such():
    assert "300 synthetic images" in robustness_text.answer(made.pair() | {"synthetic": True})


def test_lines_have_a_row_for_each_change_and_the_notes():
    lines = robustness_text.lines(made.pair())
    assert any(line.startswith("noise ") and "0.004" in line for line in lines)
    assert "note: hybrid: old" in lines
    assert any("severities 1, 5" in line for line in lines)


def test_losses_without_an_interval_have_a_reason():
    values = made.pair()
    values["summary"]["all changes"]["losses"]["cnn"] = made.estimate(0.1, ci=False)
    assert "no interval or test for the loss of cnn: too few" in robustness_text.lines(values)
