import numpy as np
import pandas as pd
import pytest

from errors import InvalidOption, MisalignedRows
from models.row_view import Rows
from models.views import (
    Block,
    Views,
    block_scale,
    duplicated_embedding,
    metadata_block,
    moments,
    shuffled_words,
    views_of,
)

DEEP = np.arange(12, dtype=np.float32).reshape(4, 3)
WORDS = np.arange(100, 120, dtype=np.float32).reshape(4, 5)
VIEWS = Views({"net": Block(DEEP, "deep"), "sift": Block(WORDS, "words")})


def test_blocks_are_stacked_in_the_order_given():
    np.testing.assert_array_equal(VIEWS.stacked(), np.hstack([DEEP, WORDS]))
    assert VIEWS.names == ("net", "sift")
    assert VIEWS.widths == {"net": 3, "sift": 5}
    assert len(VIEWS) == 4


def test_blocks_are_found_by_kind():
    assert VIEWS.of("words").names == ("sift",)
    assert VIEWS.of("words", "deep").names == ("net", "sift")


def test_a_kind_without_a_block_is_named():
    with pytest.raises(InvalidOption, match="no metadata"):
        VIEWS.of("deep", "metadata")


def test_images_are_selected_in_every_block():
    chosen = VIEWS.select(np.array([True, False, False, True]))
    np.testing.assert_array_equal(chosen.stacked(), VIEWS.stacked()[[0, 3]])
    assert chosen.of("words").names == ("sift",)


def test_parts_of_the_images_join_to_all_of_them(monkeypatch):
    monkeypatch.setattr("models.views.IMAGES_AT_ONCE", 3)
    parts = [part.stacked() for part in VIEWS.parts()]
    assert [len(part) for part in parts] == [3, 1]
    np.testing.assert_array_equal(np.concatenate(parts), VIEWS.stacked())


def test_blocks_of_different_images_are_refused():
    with pytest.raises(MisalignedRows, match="'sift': 3"):
        Views({"net": Block(DEEP, "deep"), "sift": Block(WORDS[:3], "words")})


def test_no_block_at_all_is_refused():
    with pytest.raises(MisalignedRows, match="at least one block"):
        Views({})


def test_an_unknown_kind_is_refused():
    with pytest.raises(InvalidOption, match="wrods"):
        Views({"net": Block(DEEP, "wrods")})


def test_shuffled_words_are_the_same_rows_all_on_other_images():
    shuffled = shuffled_words(VIEWS, seed=1)
    words = shuffled.arrays["sift"]
    assert (words != WORDS).all()
    np.testing.assert_array_equal(np.sort(words, axis=0), WORDS)
    np.testing.assert_array_equal(shuffled.arrays["net"], DEEP)


def test_the_seed_says_whose_words_each_image_gets():
    one, same, other = (shuffled_words(VIEWS, seed).stacked() for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_several_blocks_of_words_are_shuffled_alike():
    twice = Views({**VIEWS.blocks, "orb": Block(WORDS + 1, "words")})
    shuffled = shuffled_words(twice, seed=1).arrays
    np.testing.assert_array_equal(shuffled["orb"], shuffled["sift"] + 1)


def test_a_duplicated_embedding_has_the_width_of_the_visual_words():
    control = duplicated_embedding(VIEWS)
    assert control.widths == VIEWS.widths
    np.testing.assert_array_equal(control.of("words").stacked(), DEEP[:, [0, 1, 2, 0, 1]])


def test_metadata_has_a_column_for_each_value_and_for_not_knowing():
    meta = pd.DataFrame({"age": [70, np.nan], "sex": ["F", ""], "view": ["AP", "OBLIQUE"]})
    block = metadata_block(meta)
    #   age, unknown | F, M, unknown | PA, AP, lateral, unknown
    expected = [[1, 0, 1, 0, 0, 0, 1, 0, 0], [0, 1, 0, 0, 1, 0, 0, 0, 1]]
    np.testing.assert_array_equal(block.values, expected)
    assert block.values.dtype == np.float32
    assert block.kind == "metadata"


def test_stacked_blocks_can_be_separated_again():
    by_block = VIEWS.by_block(VIEWS.stacked())
    for name, values in VIEWS.arrays.items():
        np.testing.assert_array_equal(by_block[name], values)


def test_features_of_extractors_become_blocks_with_metadata_last():
    meta = pd.DataFrame({"age": [70.0] * 4, "sex": "F", "view": "AP"})
    made = views_of({"net": DEEP, "sift": WORDS}, {"net": "deep", "sift": "words"}, meta)
    assert {name: block.kind for name, block in made.blocks.items()} == {
        "net": "deep",
        "sift": "words",
        "metadata": "metadata",
    }
    np.testing.assert_array_equal(made.of("deep", "words").stacked(), VIEWS.stacked())
    np.testing.assert_array_equal(made.arrays["metadata"], metadata_block(meta).values)


@pytest.mark.parametrize("control", [lambda views: shuffled_words(views, 1), duplicated_embedding])
def test_features_are_not_copied_when_images_are_selected_or_for_a_control(control):
    made = control(views_of({"net": DEEP, "sift": WORDS}, {"net": "deep", "sift": "words"}))
    chosen = made.select(np.array([2, 0]))
    bases = {id(block.values.base) for block in chosen.blocks.values()}
    assert bases <= {id(DEEP), id(WORDS)}
    np.testing.assert_array_equal(chosen.arrays["net"], DEEP[[2, 0]])


def test_a_control_of_rows_is_that_of_the_array():
    made = views_of({"net": DEEP, "sift": WORDS}, {"net": "deep", "sift": "words"})
    for control in (lambda views: shuffled_words(views, 1), duplicated_embedding):
        np.testing.assert_array_equal(control(made).stacked(), control(VIEWS).stacked())


def test_moments_do_not_depend_on_how_much_is_copied_at_once(monkeypatch):
    values = np.random.default_rng(0).normal(5, 2, (50, 3)).astype(np.float32)
    monkeypatch.setattr("models.views.COPIED_AT_ONCE", 100)
    mean, deviation = moments(Rows.all_of(values)[::2])
    np.testing.assert_allclose(mean, values[::2].mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(deviation, values[::2].std(axis=0), rtol=1e-6)


def test_a_column_that_never_varies_has_deviation_one():
    mean, deviation = moments(np.array([[1, 5], [3, 5]], np.float32))
    np.testing.assert_array_equal(mean, [2, 5])
    np.testing.assert_array_equal(deviation, [1, 1])


def test_a_wide_loud_block_counts_as_much_as_a_narrow_quiet_one():
    rng = np.random.default_rng(0)
    blocks = {"wide": 9 + 100 * rng.normal(size=(50, 40)), "narrow": rng.normal(size=(50, 3))}
    views = Views({name: Block(values, "words") for name, values in blocks.items()})
    shift, divisor = block_scale(views)
    scaled = (np.hstack(list(blocks.values())) - shift) / divisor
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose((scaled[:, :40] ** 2).sum(), 50, rtol=1e-4)
    np.testing.assert_allclose((scaled[:, 40:] ** 2).sum(), 50, rtol=1e-4)
