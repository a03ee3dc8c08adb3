import re
from dataclasses import replace

import pytest

from evaluation.travel import GAINS
from reports import external_wording as wording
from tests.reports import external

SHRINKS, GROWS = GAINS


def told(**changes):
    """What is said of the first pair of models with these figures."""
    site = external.gain(external.site(), **changes)
    report = external.report(external={"B": site})
    return wording.answers(report, report.comparisons)


def side(answer, delta, ci):
    first = external.site().gain_difference[0].inside
    return replace(first, answer=answer, delta_macro_auc=delta, ci=ci)


def test_the_answer_has_the_gain_in_both_hospitals():
    first, _ = told(
        inside=side("raises", 0.025, [0.006, 0.041]),
        outside=side("inconclusive", 0.004, [-0.005, 0.013]),
    )
    assert first == (
        "Over the 2 findings shared with B, vague raised macro AUC over sharp by 0.025"
        " [0.006, 0.041] on the test images and changed it by 0.004 [−0.005, 0.013]"
        " (inconclusive) on B."
    )


def test_a_loss_is_said_without_minus_signs():
    first, _ = told(outside=side("lowers", -0.2, [-0.3, -0.1]))
    assert "lowered it by 0.200 [0.100, 0.300] on B" in first


@pytest.mark.parametrize(
    ("answer", "low", "said"),
    [
        (SHRINKS, 0.01, "The gain shrinks on B by 0.020 [0.010, 0.030]."),
        (GROWS, -0.03, "The gain grows on B by 0.020 [0.010, 0.030]."),
        ("equivalent", 0, "The gain on B is the same within ±0.01: it loses 0.010 [0.000, 0.020]."),
        (
            "inconclusive",
            -0.01,
            "It is inconclusive whether the gain shrinks on B: it loses 0.000 [−0.010, 0.010].",
        ),
    ],
)
def test_what_becomes_of_the_gain_is_said(answer, low, said):
    ends = {"gain_difference": low + 0.01, "ci": [low, low + 0.02], "ci_missing": None}
    _, second = told(answer=answer, **ends)
    assert second == said


def test_without_a_comparison_the_drop_is_said():
    (only,) = wording.answers(external.report(), [])
    assert re.fullmatch(
        r"Over 2 findings, sharp has a macro AUC of 0\.\d+ \[.*\] on the test images and of 0\.\d+"
        r" \[.*\] on B, which is 0\.\d+ \[.*\] less \(falls\)\.",
        only,
    )


def test_where_no_finding_can_be_compared_that_is_said():
    empty = external.site(labels_compared=[], drop={}, gain_difference=[])
    report = external.report(external={"B": empty})
    for shown in (report.comparisons, []):
        (only,) = wording.answers(report, shown)
        assert only.startswith("No finding has images with and without it both")


def test_findings_under_other_names_are_shown():
    described = wording.described(external.site())
    assert described == "60 images of 30 patients; Edema from Wet <lung>, Hernia"


def test_rows_are_of_models_or_of_controls_alone():
    site = external.site()
    assert [row[0] for row in wording.rows(site)] == ["sharp", "vague"]
    assert [row[0] for row in wording.rows(site, controls=True)] == ["control"]
    assert [row[0] for row in wording.gain_rows(site)] == ["vague − sharp"]
    assert [row[0] for row in wording.short_rows(site)] == ["sharp", "vague", "vague − sharp"]


def test_a_mean_over_folds_is_said_with_what_the_models_of_one_fold_reach():
    (said,) = wording.of_folds(external.site())
    assert said.startswith("A probability outside is the mean over all 2 trainings, of all folds")
    assert "sharp 0." in said
    assert "control" not in said
    assert wording.of_folds(external.site(trainings=1)) == []
