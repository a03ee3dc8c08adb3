from dataclasses import dataclass

import numpy as np
import pytest

from errors import InvalidOption
from features.local_descriptors import LocalDescriptors
from features.visual_words import VisualWords


def described(values, points=None):
    count = len(values)
    points = np.full((count, 2), 0.5) if points is None else np.array(points)
    return LocalDescriptors(np.array(values, np.float32), points, np.ones(count), np.zeros(count))


@dataclass(repr=False, eq=False, kw_only=True)
class Pixels(VisualWords):
    """Each pixel that is not black is a descriptor of one number."""

    image_size: int = 4
    equalise: bool = False
    n_words: int = 2

    def describe(self, image):
        rows, columns = np.nonzero(image)
        return described(image[rows, columns, None], np.stack([columns, rows], axis=1) / 4)


def fitted(**options):
    """Pixels whose words are 10 and 200, in this order."""
    words = Pixels(**options)
    words.words_ = np.array([[10], [200]], np.float32)
    return words


def image(*rows):
    return np.array(rows, np.uint8)


DARK_AND_BRIGHT = image([9, 0, 0, 199], [11, 0, 0, 0], [0, 0, 0, 0], [12, 0, 0, 0])


def test_words_lie_where_descriptors_crowd():
    low, high = image([9] * 2, [11] * 2), image([199] * 2, [201] * 2)
    learned = Pixels(image_size=2).fit([low, high] * 20).words_
    np.testing.assert_allclose(np.sort(learned[:, 0]), [10, 200], atol=0.5)


def test_a_word_is_the_nearest_one():
    rng = np.random.default_rng(0)
    words = Pixels()
    words.words_ = rng.normal(size=(5, 3)).astype(np.float32)
    values = rng.normal(size=(20, 3)).astype(np.float32)
    slow = [min(range(5), key=lambda w: np.linalg.norm(v - words.words_[w])) for v in values]
    np.testing.assert_array_equal(words.words(values), slow)


def test_counts_by_hand():
    words = fitted()
    np.testing.assert_array_equal(words.counts(words.describe(DARK_AND_BRIGHT)), [3, 1])


def test_a_pyramid_counts_in_each_quarter_after_the_whole():
    words = fitted(pyramid=(1, 2))
    counts = words.counts(words.describe(DARK_AND_BRIGHT))
    whole, top_left, top_right, bottom_left, bottom_right = counts.reshape(5, 2).tolist()
    assert whole == [3, 1]
    assert (top_left, top_right) == ([2, 0], [0, 1])
    assert (bottom_left, bottom_right) == ([1, 0], [0, 0])
    assert words.width == 10


def test_a_point_on_the_far_edge_counts_in_the_last_cell():
    counts = fitted(pyramid=(2,)).counts(described([[200]], [[1.0, 1.0]]))
    np.testing.assert_array_equal(counts, [0, 0, 0, 0, 0, 0, 0, 1])


def test_hellinger_is_the_square_root_of_frequencies():
    row = fitted().transform([DARK_AND_BRIGHT])[0]
    np.testing.assert_allclose(row, np.sqrt([0.75, 0.25]), rtol=1e-6)
    assert row.dtype == np.float32


def test_tfidf_favours_the_word_that_fewer_images_have():
    dark = image([10] * 4, *[[0] * 4] * 3)
    images = [dark, dark, dark, DARK_AND_BRIGHT]
    words = Pixels(weighting="tfidf").fit(images)
    bright = words.words(np.array([[200]], np.float32))[0]
    rarity = np.where(np.arange(2) == bright, np.log(5 / 2), np.log(5 / 5)) + 1
    np.testing.assert_allclose(words.rarity_, rarity)
    weighted = np.where(np.arange(2) == bright, 1, 3) * rarity
    row = words.transform([DARK_AND_BRIGHT])[0]
    np.testing.assert_allclose(row, weighted / np.linalg.norm(weighted), rtol=1e-6)


def test_an_unknown_weighting_names_those_there_are():
    with pytest.raises(InvalidOption, match="one of hellinger, tfidf; got 'bm25'"):
        Pixels(weighting="bm25").fit([DARK_AND_BRIGHT])


ATTRIBUTION = np.random.default_rng(2).normal(size=(3, 10))


def test_the_attribution_of_a_word_is_shared_evenly_by_those_that_are_it():
    words = fitted()
    found = words.describe(DARK_AND_BRIGHT)
    # In reading order: dark, bright, dark, dark.
    shares = words.shares(found, np.array([[6.0, 5.0]]))
    np.testing.assert_allclose(shares, [[2, 5, 2, 2]])


def test_shares_of_a_pyramid_are_those_of_a_slow_loop():
    words = fitted(pyramid=(1, 2))
    found = words.describe(DARK_AND_BRIGHT)
    alone = [words.counts(found.rows(np.array([place]))) for place in range(len(found))]
    counts = np.sum(alone, axis=0)
    slow = [
        [sum(row[c] / counts[c] for c in np.flatnonzero(one)) for one in alone]
        for row in ATTRIBUTION
    ]
    np.testing.assert_allclose(words.shares(found, ATTRIBUTION), slow)


def test_shares_sum_to_the_attribution_of_the_words_that_are_there():
    words = fitted(pyramid=(1, 2))
    found = words.describe(DARK_AND_BRIGHT)
    there = words.counts(found) > 0
    expected = ATTRIBUTION[:, there].sum(axis=1)
    np.testing.assert_allclose(words.shares(found, ATTRIBUTION).sum(axis=1), expected)


def test_an_image_without_descriptors_has_no_shares():
    assert fitted().shares(LocalDescriptors.none(1), ATTRIBUTION[:, :2]).shape == (3, 0)
