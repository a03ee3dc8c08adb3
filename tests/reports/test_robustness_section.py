from dataclasses import replace

import pytest

from reports import robustness_section, screen
from reports.json_trees import from_json
from reports.robustness_figures import Robustness
from tests.reports import comparisons, robustness_values


def made(difference=(0.01, 0.02), gain=(0.02, 0.03), left_out=("a control",)):
    """`vague`, whose macro AUC is below that of `sharp`, and the baseline `sharp` under noise."""
    each = robustness_values.estimate
    low, high = difference
    costs = {
        "losses": {"vague": each(0.05), "sharp": each(0.04)},
        "difference": each(0.01, p=0.01, p_holm=0.02) | {"ci": [low, high]},
        "corruption_error": each(1.1),
        "gain": each(0.025) | {"ci": [*gain]},
    }
    alone = {"losses": {"sharp": each(0.04)}}
    seen = {
        name: {"figures": {"macro_auc": each(0.7), "loss": each(0.05)}}
        for name in ("sharp", "vague")
    }
    values = {
        "baseline": "sharp",
        "models": ["sharp", "vague"],
        "left_out": [*left_out],
        "changes": {"noise": {"unit": "photons", "amounts": {"1": 2000, "5": 50}}},
        "unchanged": {name: {"figures": {"macro_auc": each(0.75)}} for name in seen},
        "changed": {"noise": {"1": seen, "5": seen}},
        "summary": {
            "sharp": {"noise": alone, "all changes": alone},
            "vague": {"noise": costs, "all changes": costs},
        },
    }
    return from_json(Robustness, values)


def report(found, answer="raises"):
    known, *_ = comparisons.evaluation()
    given = {"delta_macro_auc": 0.03, "macro_ci": [0.01, 0.05]}
    pairs = [
        replace(each, **given, answered=replace(each.outcome, answer=answer))
        for each in known.comparisons
    ]
    return replace(known, robustness=found, evaluated=replace(known.evaluated, comparisons=pairs))


def test_a_gain_that_is_clear_on_changed_images_survives():
    gain, sturdy, clear, over, left = robustness_section.sentences(report(made()))
    assert gain == (
        "The gain of vague survives changes of acquisition: its macro AUC minus that of sharp is"
        " 0.030 [0.010, 0.050] on unchanged images and 0.025 [0.020, 0.030] on changed ones."
    )
    assert sturdy == (
        "vague is less sturdy than sharp: it loses 0.050 [0.040, 0.060] of macro AUC, sharp 0.040"
        " [0.030, 0.050]; difference 0.010 [0.010, 0.020]."
    )
    assert clear == "vague loses more than sharp under noise (p ≤ 0.05 after Holm's correction)."
    assert over == "Figures of changed images: mean over 1 change, severities 1, 5."
    assert left == "Not evaluated on changed images: 1 width-matched control."


@pytest.mark.parametrize(
    ("answer", "gain", "words"),
    [
        ("raises", (-0.01, 0.02), "The gain of vague is not clear on changed images:"),
        ("raises", (-0.03, -0.01), "The gain of vague turns into a loss on changed images:"),
        ("equivalent", (-0.01, 0.02), "vague has no clear gain on unchanged and changed images:"),
        ("lowers", (0.01, 0.02), "vague is worse on unchanged images, and gains on changed ones:"),
        ("inconclusive", (0.01, 0.02), "vague has no clear gain on unchanged images, and gains on"),
    ],
)
def test_the_first_words_follow_the_answer_and_the_gain_on_changed_images(answer, gain, words):
    first, *_ = robustness_section.sentences(report(made(gain=gain), answer))
    assert first.startswith(words)


def test_the_screen_has_the_sentences():
    text = " ".join(" ".join(screen.lines(report(made()))).split())
    assert all(each in text for each in robustness_section.sentences(report(made())))


def test_the_section_has_all_changes_and_each_change_and_severity():
    html = robustness_section.section(report(made()), "<svg></svg>")
    assert html.count("<table") == 3
    assert "<svg></svg>" in html
    assert "noise 5" in html
    assert "Change by change: vague beside sharp" in html


def test_a_baseline_alone_has_its_loss():
    found = made(left_out=())
    alone = replace(found, models=["sharp"], summary={"sharp": found.summary["sharp"]})
    (only,) = robustness_section.sentences(report(alone))
    assert only.startswith("sharp loses 0.040 [0.030, 0.050] of macro AUC on changed images (mean")
    assert robustness_section.section(report(alone), "").count("<table") == 2


def test_without_changed_images_there_is_no_section():
    assert robustness_section.section(report(None), "") == ""
    assert list(robustness_section.sentences(report(None))) == []
