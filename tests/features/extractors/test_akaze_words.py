import cv2
import numpy as np

from features.extractors.akaze_words import AkazeWords


def image(side=256):
    noise = np.random.default_rng(0).normal(size=(side, side))
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, 32).astype(np.uint8)


def test_a_blob_is_found_at_its_place():
    blob = np.zeros((256, 256), np.uint8)
    cv2.circle(blob, (80, 176), 6, 200, -1)
    found = AkazeWords(image_size=256).describe(cv2.GaussianBlur(blob, (0, 0), 2))
    assert np.abs(256 * found.points - (80, 176)).sum(axis=1).min() < 3


def test_distance_between_descriptors_is_the_hamming_distance_of_their_bits():
    values = AkazeWords(image_size=256).describe(image()).values
    packed = np.packbits(values.astype(np.uint8), axis=1)
    hamming = cv2.norm(packed[0], packed[1], cv2.NORM_HAMMING)
    assert np.sum((values[0] - values[1]) ** 2) == hamming > 0


def test_a_low_threshold_finds_more_blobs():
    counts = [
        len(AkazeWords(image_size=256, threshold=threshold).describe(image()))
        for threshold in (0.01, 0.0001)
    ]
    assert counts[1] > counts[0]
