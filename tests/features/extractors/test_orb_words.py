import cv2
import numpy as np

from features.extractors.orb_words import OrbWords


def image(seed=0, side=256):
    noise = np.random.default_rng(seed).normal(size=(side, side))
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 2), None, 0, 255, 32).astype(np.uint8)


def test_distance_between_descriptors_is_the_hamming_distance_of_their_bits():
    values = OrbWords(image_size=256).describe(image()).values
    packed = np.packbits(values.astype(np.uint8), axis=1)
    for other in range(1, 6):
        hamming = cv2.norm(packed[0], packed[other], cv2.NORM_HAMMING)
        assert np.sum((values[0] - values[other]) ** 2) == hamming


def test_bits_are_those_of_opencv_whatever_the_order():
    plain = cv2.ORB.create(50, fastThreshold=5).detectAndCompute(image(), None)[1]
    values = OrbWords(image_size=256, n_keypoints=50).describe(image()).values
    ours = {row.tobytes() for row in np.packbits(values.astype(np.uint8), axis=1)}
    assert len(ours) > 40
    assert ours <= {row.tobytes() for row in plain}


def test_a_low_threshold_finds_corners_that_the_default_misses_in_faint_images():
    faint = image() // 8
    counts = [
        len(OrbWords(image_size=256, fast_threshold=threshold).describe(faint).values)
        for threshold in (20, 5)
    ]
    assert counts[1] > 10 * counts[0]


def test_a_blank_image_has_no_corners():
    assert OrbWords().describe(np.zeros((512, 512), np.uint8)).values.shape == (0, 256)
