from collections import Counter
from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from errors import TooFewDescriptors
from features.local_descriptors import LocalDescriptors, LocalEncoder, reservoir, root_sift


def found(count, width=3):
    numbers = np.arange(count, dtype=np.float32)
    values, points = np.repeat(numbers[:, None], width, 1), np.repeat(numbers[:, None], 2, 1)
    return LocalDescriptors(values, points, numbers, numbers)


@dataclass(repr=False, eq=False, kw_only=True)
class Means(LocalEncoder):
    """Each bright pixel is a place; a film is their mean, less the mean of the sample."""

    image_size: int = 8
    equalise: bool = False

    least = 5
    width = 1

    def describe(self, image):
        bright = image[image > 0].astype(np.float32)[:, None]
        parts = (bright, np.zeros((len(bright), 2)), np.zeros(len(bright)), np.zeros(len(bright)))
        return LocalDescriptors(*parts)

    def learn(self, found, images):
        self.mean_ = found.values.mean()
        self.learned_from = found, images

    def encode(self, found):
        return np.array([found.values.mean() - self.mean_], np.float32)


def images(count, side=8):
    return list(np.random.default_rng(0).integers(1, 256, (count, side, side), dtype=np.uint8))


def test_the_strongest_keypoints_come_first_and_their_descriptors_with_them():
    responses = [0.1, 0.5, 0.3]
    keypoints = [cv2.KeyPoint(4, 2, 6, 90, response) for response in responses]
    best = LocalDescriptors.strongest(keypoints, np.eye(3, dtype=np.float32), side=8, at_most=2)
    np.testing.assert_array_equal(best.values, np.eye(3)[[1, 2]])
    np.testing.assert_array_equal(best.points, [[0.5, 0.25]] * 2)
    np.testing.assert_array_equal(best.sizes, [0.75] * 2)
    np.testing.assert_array_equal(best.angles, [90] * 2)


def test_ties_are_cut_in_the_same_way_whatever_their_order():
    places = [(3, 1), (1, 2), (1, 1), (2, 2)]
    kept = []
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        keypoints = [cv2.KeyPoint(*places[i], 6, 0, 0.5) for i in order]
        values = np.array(order, np.float32)[:, None]
        kept.append(LocalDescriptors.strongest(keypoints, values, 4, at_most=2).values)
    np.testing.assert_array_equal(*kept)


def test_a_sample_of_places_keeps_all_that_belongs_to_each():
    some = found(50).sample(10, np.random.default_rng(0))
    assert len(set(some.sizes)) == 10
    np.testing.assert_array_equal(some.values[:, 0], some.sizes)
    np.testing.assert_array_equal(some.points[:, 1], some.angles)


def test_a_sample_larger_than_what_there_is_is_everything():
    np.testing.assert_array_equal(found(5).sample(9, None).values, found(5).values)


def test_joined_descriptors_stand_one_image_after_the_other():
    both = LocalDescriptors.joined([found(2), LocalDescriptors.none(3), found(3)])
    np.testing.assert_array_equal(both.sizes, [0, 1, 0, 1, 2])


def test_root_sift_turns_distance_into_hellinger_distance():
    values = np.array([[4, 0, 12], [1, 1, 2]], np.float32)
    p, q = values / values.sum(axis=1, keepdims=True)
    hellinger = 2 - 2 * np.sqrt(p * q).sum()
    first, second = root_sift(values)
    assert np.sum((first - second) ** 2) == pytest.approx(hellinger)


def test_a_reservoir_gives_each_item_the_same_chance():
    rng = np.random.default_rng(0)
    drawn = Counter(item for _ in range(4000) for item in reservoir(range(8), 2, rng, int))
    assert all(900 < drawn[item] < 1100 for item in range(8))


def test_images_beyond_the_sample_are_not_learned_from():
    encoder = Means(sample_images=3).fit(images(20))
    assert len(encoder.learned_from[1]) == 3


def test_a_list_a_stack_and_a_stream_of_the_same_images_teach_the_same():
    streams = [images(20), np.stack(images(20)), iter(images(20))]
    means = [Means(sample_images=3, sample_descriptors=30).fit(each).mean_ for each in streams]
    assert means[0] == means[1] == means[2]


def test_images_of_a_list_that_are_not_sampled_are_not_even_read():
    class Counting(list):
        read = 0

        def __getitem__(self, place):
            self.read += 1
            return super().__getitem__(place)

    many = Counting(images(20))
    Means(sample_images=3).fit(many)
    assert many.read == 3


def test_the_sample_of_descriptors_is_bounded_and_shared_among_images():
    encoder = Means(sample_descriptors=40).fit(images(4))
    assert len(encoder.learned_from[0]) == 40


def test_another_seed_draws_another_sample():
    assert Means(sample_images=3).fit(images(20)).mean_ != (
        Means(sample_images=3, seed=1).fit(images(20)).mean_
    )


def test_too_few_descriptors_say_how_many_there_were_and_what_to_do():
    with pytest.raises(TooFewDescriptors) as caught:
        Means().fit([np.zeros((8, 8), np.uint8)] * 90)
    assert str(caught.value) == (
        "Means needs at least 5 descriptors to learn from; 90 images have 0. Use more or larger"
        " images, or set a smaller n_words or n_gaussians."
    )


def test_no_images_at_all_are_too_few_descriptors():
    with pytest.raises(TooFewDescriptors, match="0 images have 0"):
        Means().fit([])


def test_transform_before_fit_is_not_fitted():
    with pytest.raises(NotFittedError):
        Means().transform(images(1))


def test_an_image_without_descriptors_is_a_row_of_zeros():
    rows = Means().fit(images(4)).transform([np.zeros((8, 8), np.uint8), images(1)[0]])
    assert rows[0] == 0
    assert rows[1] != 0


def test_no_images_are_no_rows_of_the_right_width():
    assert Means().fit(images(4)).transform([]).shape == (0, 1)


def test_fit_and_transform_preprocess_images_themselves():
    encoder = Means().fit(images(4, side=30))
    assert encoder.learned_from[1][0].shape == (8, 8)
    assert encoder.transform(images(2, side=100)).shape == (2, 1)
