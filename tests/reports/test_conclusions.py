from dataclasses import replace
from types import SimpleNamespace

import pytest

from evaluation.outcomes import EQUIVALENT, INCONCLUSIVE, claim
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
    given = names | macro | micro | setting | corrected | others
    inside = interval is not None and max(map(abs, interval)) <= 0.01
    answered = {
        "answer": claim(given) or (EQUIVALENT if inside else INCONCLUSIVE),
        **{"margin": 0.01, "within_margin": inside, "equivalence_ci": interval},
        **{"equivalence_p": 0.01, "p_resolution": 0.001},
        **{"smallest_difference": 0.012, "patients_needed": None},
    }
    return from_json(Comparison, answered | given)


@pytest.mark.parametrize(
    ("delta", "interval", "told"),
    [
        (0.019, [0.012, 0.025], "raises macro AUC by 0.019 [0.012, 0.025]"),
        (-0.019, [-0.025, -0.012], "lowers macro AUC by 0.019 [0.012, 0.025]"),
        (-0.002, [-0.009, 0.005], "changes macro AUC by −0.002 [−0.009, 0.005]: equivalent"),
        (0.0, [0.0, 0.0], "changes macro AUC by 0.000 [0.000, 0.000]: equivalent"),
        (0.0002, [0.0001, 0.0003], "raises macro AUC by 0.000200 [0.000100, 0.000300]"),
        (0.01, [-0.02, 0.04], "changes macro AUC by 0.010 [−0.020, 0.040]: inconclusive"),
        (
            *(0.011, [-0.0003, 0.027]),
            "changes macro AUC by 0.011000 [−0.000300, 0.027000]: inconclusive",
        ),
        (0.01, None, "changes macro AUC by 0.010"),
    ],
)
def test_every_answer_has_its_words(delta, interval, told):
    sentence = conclusions.together("", [comparison(delta, interval)])
    assert sentence.startswith(f"Using hybrid in place of cnn {told}")


def test_models_of_one_setting_share_a_sentence_the_best_first():
    several = [
        comparison(-0.02, [-0.03, -0.01], model="a"),
        comparison(0.02, [0.01, 0.03], model="b"),
        comparison(0.001, [-0.01, 0.01], model="c"),
    ]
    assert conclusions.together("Adding words", several) == (
        "Adding words, b raises macro AUC over cnn by 0.020 [0.010, 0.030];"
        " c changes it by 0.001 [−0.010, 0.010]: equivalent within ±0.01;"
        " a lowers it by 0.020 [0.010, 0.030]"
    )


def test_a_difference_below_the_margin_is_claimed_and_called_small():
    told = conclusions.change(comparison(0.004, [0.001, 0.007]), "it")
    assert told == "raises it by 0.004 [0.001, 0.007], less than the margin of 0.01"


def test_an_inconclusive_comparison_says_how_many_patients_it_takes():
    pair = comparison(0.007, [-0.01, 0.02], patients_needed=3_462)
    told = of(pair)
    for sentences in (conclusions.conclusions(told), conclusions.answer(told)):
        assert sentences[1] == (
            "With 80 % power, these 1,203 patients show a difference of 0.012 between hybrid and"
            " cnn; showing the observed 0.007 takes about 3,500 patients."
        )


def test_a_difference_that_correction_takes_away_is_not_claimed():
    told = conclusions.change(comparison(0.02, [0.001, 0.03], p_holm=0.06), "it")
    assert told.endswith("[0.001, 0.030]: inconclusive after correction for the number of models")
    assert conclusions.change(comparison(0.02, [0.001, 0.03], p_holm=0.04), "it").startswith(
        "raises"
    )


def test_without_an_interval_the_answer_gives_the_reason():
    pair = comparison(-0.147, None, ci_missing="the 200 images come from 1 patient; at least 20")
    assert conclusions.together("", [pair]) == (
        "Using hybrid in place of cnn changes macro AUC by −0.147. No interval or test: the 200"
        " images come from 1 patient; at least 20"
    )


def test_a_reason_that_is_not_everyones_names_whose_it_is():
    sure = comparison(0.02, [0.01, 0.03], model="b", ci_missing=None)
    pair = [sure, comparison(0.01, None, model="a", ci_missing="few")]
    assert conclusions.together("", pair).endswith(". No interval or test for a: few")


def test_replicates_too_few_for_the_correction_are_the_reason():
    told = comparison(0.02, [0.001, 0.03], p_holm=0.15, replicates_needed=1199)
    assert conclusions.change(told, "it").endswith(
        ": inconclusive, because there are too few replicates to correct for the number of models;"
        " at least 1,199 are needed (--replicates 1199)"
    )


def test_a_corrected_p_of_5_percent_is_enough():
    told = comparison(0.02, [0.001, 0.03], p_holm=3 * (2 / 120))
    assert conclusions.change(told, "it").startswith("raises")


def test_every_setting_has_its_sentence_and_synthetic_is_said_once():
    pair = comparison(0.02, [0.01, 0.03])
    other = replace(pair, setting=Setting("Else", False))
    first, second = conclusions.conclusions(of(pair, other, synthetic=True))
    assert first.startswith("On synthetic images: Using hybrid")
    assert second.startswith("Else, hybrid raises macro AUC over cnn")


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
    data = SimpleNamespace(patients=1_203, patients_from="the label table")
    return SimpleNamespace(
        synthetic=synthetic, models={}, comparisons=comparisons, data=data, external=None
    )


def pair(model, delta, *, setting="Adding words", control=False):
    interval = [delta - 0.005, delta + 0.005]
    return comparison(delta, interval, model=model, setting=setting, control=control)


def test_the_answer_names_two_models_and_counts_the_controls():
    controls = [pair("c", 0.001, control=True), pair("d", 0.03, control=True)]
    first, second = conclusions.answer(of(pair("a", 0.02), pair("b", 0.01), *controls))
    assert first == (
        "Adding words, a raises macro AUC over cnn by 0.020 [0.015, 0.025]; b raises it by 0.010"
        " [0.005, 0.015]."
    )
    assert (
        second
        == "Of 2 width-matched controls, 1 raises it (d), none lowers it and 1 is equivalent."
    )


def test_of_many_models_the_answer_names_the_best_and_counts_the_others():
    others = [pair(name, 0.01) for name in "bcd"] + [pair("e", -0.02, setting="Alone")]
    first, second = conclusions.answer(of(pair("a", 0.02), *others))
    assert first == "Adding words, a raises macro AUC over cnn by 0.020 [0.015, 0.025]."
    assert second == "Of 4 other models, 3 raise it and 1 lowers it (e)."


def test_equivalent_models_are_counted():
    others = [pair(name, 0.0) for name in "bc"] + [pair("e", -0.02)]
    _, second = conclusions.answer(of(pair("a", 0.02), *others))
    assert second == "Of 3 other models, none raises it, 1 lowers it (e) and 2 are equivalent."


def test_the_headline_is_the_answer_where_that_fits_a_line():
    short = of(comparison(0.02, [0.01, 0.03]))
    assert conclusions.headline(short) == conclusions.answer(short)[0]
    long = of(pair("a", 0.02), pair("b", 0.01), synthetic=True)
    assert conclusions.headline(long) == (
        "synthetic images: a raises macro AUC over cnn by 0.020 [0.015, 0.025]."
    )
