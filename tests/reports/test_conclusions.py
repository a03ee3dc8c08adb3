from dataclasses import replace
from types import SimpleNamespace

import pytest

from reports import conclusions
from reports.json_trees import from_json
from reports.report_figures import Comparison, Setting
from reports.report_tree import Report
from tests.reports.comparisons import values


def comparison(delta, interval, **others):
    names = {"model": "hybrid", "baseline": "cnn", "labels": {}}
    macro = {"delta_macro_auc": delta, "ci": interval, "p": 0.5, "ci_missing": None}
    micro = {"delta_micro_auc": 0, "micro_ci": None, "micro_p": None, "micro_ci_missing": None}
    setting = {"setting": "", "control": others.get("control", False)}
    corrected = {"p_holm": None, "replicates_needed": None}
    return from_json(Comparison, names | macro | micro | setting | corrected | others)


@pytest.mark.parametrize(
    ("delta", "interval", "told"),
    [
        (0.019, [0.012, 0.025], "raised macro AUC by 0.019 [0.012, 0.025]"),
        (-0.019, [-0.025, -0.012], "lowered macro AUC by 0.019 [0.012, 0.025]"),
        (-0.002, [-0.009, 0.005], "changed macro AUC by −0.002 [−0.009, 0.005]: no evidence"),
        (0.0, [0.0, 0.0], "changed macro AUC by 0.000 [0.000, 0.000]: no evidence"),
        (0.0002, [0.0001, 0.0003], "raised macro AUC by 0.000200 [0.000100, 0.000300]"),
        (0.01, None, "changed macro AUC by 0.010"),
    ],
)
def test_a_difference_is_claimed_where_its_interval_leaves_out_zero(delta, interval, told):
    sentence = conclusions.together("", [comparison(delta, interval)])
    assert sentence.startswith(f"Using hybrid in place of cnn {told}")


def test_models_of_one_setting_share_a_sentence_the_best_first():
    several = [
        comparison(-0.02, [-0.03, -0.01], model="a"),
        comparison(0.02, [0.01, 0.03], model="b"),
        comparison(0.001, [-0.01, 0.01], model="c"),
    ]
    assert conclusions.together("Adding words", several) == (
        "Adding words, b raised macro AUC over cnn by 0.020 [0.010, 0.030];"
        " c changed it by 0.001 [−0.010, 0.010]: no evidence that it helps;"
        " a lowered it by 0.020 [0.010, 0.030]"
    )


def test_a_control_is_not_expected_to_help():
    told = conclusions.change(comparison(0.0, [-0.1, 0.1], control=True), "it")
    assert told == "changed it by 0.000 [−0.100, 0.100]"


def test_a_difference_that_correction_takes_away_is_not_claimed():
    told = conclusions.change(comparison(0.02, [0.001, 0.03], p_holm=0.06), "it")
    assert told.endswith("[0.001, 0.030]: no evidence after correction for the number of models")
    assert conclusions.change(comparison(0.02, [0.001, 0.03], p_holm=0.04), "it").startswith(
        "raised"
    )


def test_without_an_interval_the_answer_gives_the_reason():
    pair = comparison(-0.147, None, ci_missing="the 200 images come from 1 patient; at least 20")
    assert conclusions.together("", [pair]) == (
        "Using hybrid in place of cnn changed macro AUC by −0.147. No interval or test: the 200"
        " images come from 1 patient; at least 20"
    )


def test_a_reason_that_is_not_everyones_names_whose_it_is():
    sure = comparison(0.02, [0.01, 0.03], model="b", ci_missing=None)
    pair = [sure, comparison(0.01, None, model="a", ci_missing="few")]
    assert conclusions.together("", pair).endswith(". No interval or test for a: few")


def test_replicates_too_few_for_the_correction_are_not_called_no_evidence():
    told = comparison(0.02, [0.001, 0.03], p_holm=0.15, replicates_needed=1199)
    assert conclusions.change(told, "it").endswith(
        ": no claim, because there are too few replicates to correct for the number of models;"
        " at least 1,199 are needed (--replicates 1199)"
    )


def test_a_corrected_p_of_5_percent_is_enough():
    told = comparison(0.02, [0.001, 0.03], p_holm=3 * (2 / 120))
    assert conclusions.change(told, "it").startswith("raised")


def test_every_setting_has_its_sentence_and_synthetic_is_said_once():
    pair = comparison(0.02, [0.01, 0.03])
    other = replace(pair, setting=Setting("Else", False))
    evaluated = SimpleNamespace(synthetic=True, models={}, comparisons=[pair, other])
    first, second = conclusions.conclusions(evaluated)
    assert first.startswith("On synthetic images: Using hybrid")
    assert second.startswith("Else, hybrid raised macro AUC over cnn")


def test_one_model_is_described_by_its_macro_auc_and_the_number_of_labels():
    report, _, _ = values(("sharp",))
    (told,) = conclusions.conclusions(Report.of(report))
    figures = report["models"]["sharp"]
    low, high = (f"{end:.3f}" for end in figures["macro_auc_ci"])
    level = f"{figures['macro_auc']:.3f} [{low}, {high}]"
    assert told == f"sharp reaches a macro AUC of {level} over 2 of 3 labels."


def test_synthetic_images_are_named_first():
    report, _, _ = values(synthetic=True)
    assert conclusions.conclusions(Report.of(report))[0].startswith(
        "On synthetic images: Using vague"
    )


def of(*comparisons, synthetic=False):
    return SimpleNamespace(synthetic=synthetic, models={}, comparisons=comparisons)


def pair(model, delta, *, setting="Adding words", control=False):
    interval = [delta - 0.005, delta + 0.005]
    return comparison(delta, interval, model=model, setting=setting, control=control)


def test_the_answer_names_two_models_and_counts_the_controls():
    controls = [pair("c", 0.001, control=True), pair("d", 0.03, control=True)]
    first, second = conclusions.answer(of(pair("a", 0.02), pair("b", 0.01), *controls))
    assert first == (
        "Adding words, a raised macro AUC over cnn by 0.020 [0.015, 0.025]; b raised it by 0.010"
        " [0.005, 0.015]."
    )
    assert second == "Of 2 width-matched controls, 1 raised it (d) and none lowered it."


def test_of_many_models_the_answer_names_the_best_and_counts_the_others():
    others = [pair(name, 0.01) for name in "bcd"] + [pair("e", -0.02, setting="Alone")]
    first, second = conclusions.answer(of(pair("a", 0.02), *others))
    assert first == "Adding words, a raised macro AUC over cnn by 0.020 [0.015, 0.025]."
    assert second == "Of 4 other models, 3 raised it and 1 lowered it (e)."


def test_the_headline_is_the_answer_where_that_fits_a_line():
    short = of(comparison(0.02, [0.01, 0.03]))
    assert conclusions.headline(short) == conclusions.answer(short)[0]
    long = of(pair("a", 0.02), pair("b", 0.01), synthetic=True)
    assert conclusions.headline(long) == (
        "synthetic images: a raised macro AUC over cnn by 0.020 [0.015, 0.025]."
    )
