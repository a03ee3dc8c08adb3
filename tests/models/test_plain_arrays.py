import numpy as np
import pandas as pd
import pytest

from errors import InvalidOption, MisalignedRows
from models.plain_arrays import as_views, check_columns, held_out, labelled, split_off
from models.views import DEEP, WORDS, Block, Views

ROWS = np.arange(12.0).reshape(4, 3)


@pytest.mark.parametrize("given", [ROWS, ROWS.tolist(), pd.DataFrame(ROWS)])
def test_an_array_list_or_table_is_the_one_block_that_is_needed(given):
    views = as_views(given, (WORDS,))
    np.testing.assert_array_equal(views.arrays["words"], ROWS.astype(np.float32))
    assert views.of(WORDS).names == ("words",)
    assert as_views(given, (DEEP,), "resnet50").names == ("resnet50",)


def test_views_stay_as_they_are():
    views = Views({"net": Block(ROWS, DEEP)})
    assert as_views(views, (DEEP, WORDS)) is views


def test_an_array_for_a_classifier_of_two_blocks_is_refused_with_the_lines_that_do():
    with pytest.raises(InvalidOption, match="import Block, Views") as refused:
        as_views(ROWS, (DEEP, WORDS))
    line = str(refused.value).split("`")[3]
    made = {"Views": Views, "Block": Block, "DEEP": ROWS, "WORDS": ROWS}
    exec(line, made)
    assert made["views"].of(DEEP, WORDS).names == ("deep", "words")


def test_an_array_of_images_is_refused_with_its_shape():
    with pytest.raises(InvalidOption, match=r"shape \(4, 8, 8\)"):
        as_views(np.zeros((4, 8, 8)), (DEEP,))


def test_one_label_is_one_column():
    _, labels = labelled(ROWS, [1, 0, np.nan, 1], (DEEP,))
    np.testing.assert_array_equal(labels, [[1], [0], [np.nan], [1]])


def test_labels_of_other_rows_or_columns_are_refused():
    with pytest.raises(MisalignedRows, match=r"got \(3, 1\) for 4"):
        labelled(ROWS, [1, 0, 1], (DEEP,))
    one, two = labelled(ROWS, [1, 0, 1, 0], (DEEP,)), labelled(ROWS, np.eye(4), (DEEP,))
    with pytest.raises(MisalignedRows, match=r"got \(4, 4\) for 4"):
        check_columns(one, two)


def test_rows_and_labels_are_held_out_together():
    labels = ROWS[:, :1] > 5
    learned, held = split_off(labelled(ROWS, labels, (DEEP,)), None, 0)
    for views, known in (learned, held):
        np.testing.assert_array_equal(views.arrays["deep"][:, :1] > 5, known == 1)
    assert (len(learned[1]), len(held[1])) == (3, 1)


def test_an_eighth_is_held_out_the_same_for_a_seed():
    mask = held_out(80, None, 0)
    assert mask.sum() == 10
    np.testing.assert_array_equal(mask, held_out(80, None, 0))
    assert (mask != held_out(80, None, 1)).any()


def test_all_images_of_a_patient_are_held_out_or_none():
    patients = np.repeat(["a", "b", "c", "d"], 5)
    mask = held_out(20, patients, 0)
    assert set(patients[mask]).isdisjoint(patients[~mask])
    assert mask.sum() == 5


def test_one_patient_and_patients_of_other_images_are_refused():
    with pytest.raises(InvalidOption, match="at least two patients"):
        held_out(3, ["a"] * 3, 0)
    with pytest.raises(MisalignedRows, match="got 2 for 3 images"):
        held_out(3, ["a", "b"], 0)
