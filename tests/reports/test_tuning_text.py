from reports import tuning_text
from tests.reports.test_tuning_figures import FIRST, SECOND, pair, tuning


def test_the_sentences_name_what_survives_and_what_was_not_tuned():
    control = pair(name="a control", control=True)
    first, gain, rest = tuning_text.sentences(tuning(comparisons=[pair(), control]))
    assert first.startswith(
        "Each model was tuned with 3 trials on each split, scored on a held-out"
    )
    assert gain == "dual_input − cnn: the gain survives equal tuning."
    assert rest.endswith("declares no search space: mine.")


def test_inner_folds_are_named():
    (first, *_) = tuning_text.sentences(tuning(inner_folds=4))
    assert "scored on 4 inner folds of the training patients" in first


def test_each_tuned_model_has_a_row():
    head, *rows = tuning_text.levels(tuning())
    assert len(head) == len(rows[0])
    assert [row[0] for row in rows] == ["cnn", "dual_input"]
    assert rows[0][1:] == ("0.750", "0.040", "0.700", "0.710", "0.010 [−0.010, 0.030]")


def test_each_comparison_has_a_row_with_both_differences():
    _, row = tuning_text.differences(tuning())
    assert row == ("dual_input − cnn", "0.030 [0.010, 0.050]", "0.020 [−0.010, 0.040]")
    assert tuning_text.differences(tuning(comparisons=None)) == []


def test_the_section_shows_what_was_chosen_on_each_split():
    page = tuning_text.section(tuning())
    assert "hidden=64" in page
    assert "the defaults" in page
    assert "0.780 to 0.800" in page


def test_without_tuning_there_is_no_section():
    assert tuning_text.section(None) == ""


def test_chosen_settings_are_shown_as_they_are_typed():
    assert tuning_text.chosen_settings(FIRST) == "hidden=64"
    assert tuning_text.chosen_settings(SECOND) == "the defaults"
