import pytest

from pipelines import wording
from tests.pipelines.verdicts import verdict


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
        (0.01, None, "changed macro AUC by 0.010: no evidence"),
    ],
)
def test_a_difference_is_claimed_where_its_interval_leaves_out_zero(delta, interval, told):
    sentence = wording.difference(comparison(delta, interval))
    assert sentence.startswith(f"Using hybrid in place of cnn {told}")


def test_a_comparison_may_bring_its_own_subject():
    told = wording.difference(comparison(0.1, [0.1, 0.2], subject="Adding words to cnn"))
    assert told.startswith("Adding words to cnn raised")


def test_one_model_is_told_by_its_macro_auc_and_over_how_many_labels_that_is():
    report, _, _ = verdict(("sharp",))
    (told,) = wording.answers(report)
    figures = report["models"]["sharp"]
    low, high = (f"{end:.3f}" for end in figures["macro_auc_ci"])
    level = f"{figures['macro_auc']:.3f} [{low}, {high}]"
    assert told == f"sharp reaches a macro AUC of {level} over 2 of 3 labels."


def test_synthetic_films_are_named_first():
    report, _, _ = verdict(synthetic=True)
    assert wording.answers(report)[0].startswith("On synthetic films: Using vague")


def test_a_figure_that_rounds_to_nothing_has_no_sign():
    assert wording.number(-0.0001) == "0.000"
    assert wording.number(None) == "–"


@pytest.mark.parametrize(("value", "told"), [(None, "–"), (0.0004, "< 0.001"), (1, "1.000")])
def test_p_values_are_as_usually_printed(value, told):
    assert wording.p_value(value) == told
