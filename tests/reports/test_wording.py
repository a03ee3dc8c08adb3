from types import SimpleNamespace

import pytest

from reports import wording
from tests import explanations
from tests.reports.comparisons import verdict


def comparison(delta, interval, **others):
    names = {"model": "hybrid", "baseline": "cnn", "delta_macro_auc": delta, "ci": interval}
    return names | others


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
    sentence = wording.together("", [comparison(delta, interval)])
    assert sentence.startswith(f"Using hybrid in place of cnn {told}")


def test_models_of_one_setting_share_a_sentence_the_best_first():
    several = [
        comparison(-0.02, [-0.03, -0.01], model="a"),
        comparison(0.02, [0.01, 0.03], model="b"),
        comparison(0.001, [-0.01, 0.01], model="c"),
    ]
    assert wording.together("Adding words", several) == (
        "Adding words, b raised macro AUC over cnn by 0.020 [0.010, 0.030];"
        " c changed it by 0.001 [−0.010, 0.010]: no evidence that it helps;"
        " a lowered it by 0.020 [0.010, 0.030]"
    )


def test_of_a_control_nobody_expects_help():
    told = wording.change(comparison(0.0, [-0.1, 0.1], control=True), "it")
    assert told == "changed it by 0.000 [−0.100, 0.100]"


def test_a_difference_that_correction_takes_away_is_not_claimed():
    told = wording.change(comparison(0.02, [0.001, 0.03], p_holm=0.06), "it")
    assert told.endswith("[0.001, 0.030]: no evidence once corrected for the number of models")
    assert wording.change(comparison(0.02, [0.001, 0.03], p_holm=0.04), "it").startswith("raised")


def test_without_an_interval_the_answer_gives_the_reason():
    pair = comparison(-0.147, None, ci_missing="the 200 images come from 1 patient; at least 20")
    assert wording.together("", [pair]) == (
        "Using hybrid in place of cnn changed macro AUC by −0.147. No interval or test: the 200"
        " images come from 1 patient; at least 20"
    )


def test_a_reason_that_is_not_everyones_names_whose_it_is():
    sure = comparison(0.02, [0.01, 0.03], model="b", ci_missing=None)
    pair = [sure, comparison(0.01, None, model="a", ci_missing="few")]
    assert wording.together("", pair).endswith(". No interval or test for a: few")


def test_replicates_too_few_for_the_correction_are_not_called_no_evidence():
    told = comparison(0.02, [0.001, 0.03], p_holm=0.15, replicates_needed=1199)
    assert wording.change(told, "it").endswith(
        ": no claim, since the replicates are too few to correct for the number of models; at least"
        " 1,199 are needed (--replicates 1199)"
    )


def test_a_corrected_p_of_5_percent_is_enough():
    told = comparison(0.02, [0.001, 0.03], p_holm=3 * (2 / 120))
    assert wording.change(told, "it").startswith("raised")


def test_reasons_are_given_once_with_the_figures_they_are_of():
    figures = [("Edema", "few"), ("Mass", None), ("Hernia", "few"), ("Edema", "few"), ("a", "b")]
    told = ["no interval or test for Edema, Hernia: few", "no interval or test for a: b"]
    assert wording.reasons(figures) == told


def test_a_figure_without_an_interval_says_so():
    assert wording.with_interval(0.5, None) == "0.500 [no interval]"
    assert wording.with_interval(None, None) == "–"


def test_every_setting_has_its_sentence_and_synthetic_is_said_once():
    pair = comparison(0.02, [0.01, 0.03])
    report = {"synthetic": True, "models": {}, "comparisons": [pair, pair | {"setting": "Else"}]}
    first, second = wording.answers(report)
    assert first.startswith("On synthetic films: Using hybrid")
    assert second.startswith("Else, hybrid raised macro AUC over cnn")


def test_one_model_is_told_by_its_macro_auc_and_over_how_many_labels_that_is():
    report, _, _ = verdict(("sharp",))
    (told,) = wording.answers(report)
    figures = report["models"]["sharp"]
    low, high = (f"{end:.3f}" for end in figures["macro_auc_ci"])
    level = f"{figures['macro_auc']:.3f} [{low}, {high}]"
    assert told == f"sharp reaches a macro AUC of {level} over 2 of 3 labels."


def test_patients_are_counted_only_where_they_are_known():
    report, _, _ = verdict(("sharp",))
    assert wording.subject_matter(report).startswith("60 films of 30 patients, 3 labels")
    report["data"]["patients_from"] = "one patient a film"
    assert wording.subject_matter(report).startswith("60 films (patients not known), 3 labels")


def test_over_how_many_labels_the_macro_auc_is_stands_beside_all_of_them():
    report, _, _ = verdict()
    told = wording.subject_matter(report)
    assert told == "60 films of 30 patients, 3 labels, macro AUC over the 2 with both classes"
    for figures in report["models"].values():
        figures["labels_in_macro"] = 3
    assert wording.subject_matter(report) == "60 films of 30 patients, 3 labels"


def test_synthetic_images_are_named_first():
    report, _, _ = verdict(synthetic=True)
    assert wording.answers(report)[0].startswith("On synthetic films: Using vague")


def test_a_figure_that_rounds_to_nothing_has_no_sign():
    assert wording.number(-0.0001) == "0.000"
    assert wording.number(None) == "–"


@pytest.mark.parametrize(("value", "told"), [(None, "–"), (0.0004, "< 0.001"), (1, "1.000")])
def test_p_values_are_as_usually_printed(value, told):
    assert wording.p_value(value) == told


def test_a_fusion_tells_its_shares_and_what_has_weight_0():
    fusion = SimpleNamespace(member_shares={"cnn": 1.0, "xgboost": 0.0}, weightless=("words",))
    assert wording.of_members(fusion) == [
        "shares of members: cnn 1.00, xgboost 0.00",
        "visual words have weight 0 in this model",
    ]
    assert wording.of_members(SimpleNamespace(member_shares={}, weightless=())) == []


def test_the_outcome_of_a_decision_is_a_sentence():
    told = explanations.decision()
    assert wording.outcome(told) == (
        "Calibrated probability 0.750, threshold 0.500: called present; label table: present"
    )
    unknown = explanations.decision(present=False, truth=None)
    assert wording.outcome(unknown).endswith("0.500: not called present")
    known = explanations.decision(threshold=None, present=None, truth=0.0)
    assert ": not decided, " in wording.outcome(known)
    assert wording.outcome(known).endswith("; label table: absent")
