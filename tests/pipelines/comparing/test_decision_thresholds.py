import numpy as np
import pytest

from errors import BadTable, InvalidOption
from pipelines.comparing.decision_thresholds import given, of_splits
from pipelines.comparing.run_cache import Fit

LABELS, MODELS = ("Edema", "Pleural_Thickening", "Mass"), ["cnn", "hybrid"]


def equal(found, expected):
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)


def both(*values):
    return {name: [*values] for name in MODELS}


def table(folder, text):
    path = folder / "thresholds.csv"
    path.write_text(text)
    return str(path)


def test_no_text_gives_none():
    assert given("", LABELS, MODELS) == {}


def test_numbers_are_for_all_models_and_labels_may_be_spelled_otherwise():
    found = given("edema=0.3, pleural thickening=0.1", LABELS, MODELS)
    equal(found, both(0.3, 0.1, np.nan))


def test_a_table_has_a_row_for_each_label(tmp_path):
    path = table(tmp_path, "label,threshold\nMass,0.25\n")
    equal(given(path, LABELS, MODELS), both(np.nan, np.nan, 0.25))


def test_a_table_may_have_rows_for_a_model_after_those_for_all(tmp_path):
    path = table(tmp_path, "model,label,threshold\n,Mass,0.25\nhybrid,Mass,0.5\nhybrid,Edema,0.1\n")
    expected = {"cnn": [np.nan, np.nan, 0.25], "hybrid": [0.1, np.nan, 0.5]}
    equal(given(path, LABELS, MODELS), expected)


def test_a_model_without_any_threshold_is_left_out(tmp_path):
    path = table(tmp_path, "model,label,threshold\nhybrid,Mass,0.5\n")
    equal(given(path, LABELS, MODELS), {"hybrid": [np.nan, np.nan, 0.5]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Edma=0.3", "got 'Edma'; did you mean Edema?"),
        ("Fracture=0.3", "got 'Fracture'. Correct or remove it."),
        ("Edema=30", "probabilities from 0 to 1; Edema has '30'"),
        ("Edema=high", "Edema has 'high'"),
        ("Edema=nan", "Edema has 'nan'"),
        ("Edema=0.3,0.2", "got '0.2'. Type --thresholds Edema=0.3"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(text, message):
    with pytest.raises(InvalidOption) as error:
        given(text, LABELS, MODELS)
    assert message in str(error.value)


def test_an_unknown_model_is_refused(tmp_path):
    path = table(tmp_path, "model,label,threshold\nother,Mass,0.5\n")
    with pytest.raises(InvalidOption, match="has cnn, hybrid; got 'other'"):
        given(path, LABELS, MODELS)


def test_a_table_without_thresholds_is_refused(tmp_path):
    with pytest.raises(BadTable, match="must have a column 'threshold'"):
        given(table(tmp_path, "label,cut\nMass,0.5\n"), LABELS, MODELS)


def test_images_have_the_mean_over_seeds_of_their_own_split():
    def fit(ids, thresholds):
        return Fit(np.array([*ids], object), np.empty((0, 2)), np.array(thresholds), 1.0, {})

    first = [fit("ab", [0.2, np.nan]), fit("ab", [0.4, 0.1])]
    second = [fit("c", [0.5, np.nan])]
    expected = [[0.3, 0.1], [0.3, 0.1], [0.5, np.nan]]
    np.testing.assert_allclose(of_splits([first, second]), expected)
