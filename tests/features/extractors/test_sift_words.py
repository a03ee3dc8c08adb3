import cv2
import numpy as np

from features.extractors.sift_words import SiftWords


def image(seed=0, side=256):
    noise = np.random.default_rng(seed).normal(size=(side, side))
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, 32).astype(np.uint8)


def test_the_strongest_blobs_are_kept_and_no_more_than_asked_for():
    keypoints = cv2.SIFT.create(contrastThreshold=0.01).detect(image(), None)
    strongest = sorted(keypoints, key=lambda keypoint: -keypoint.response)[:30]
    found = SiftWords(image_size=256, n_keypoints=30).describe(image())
    expected = sorted(keypoint.pt for keypoint in strongest)
    np.testing.assert_allclose(sorted(map(tuple, 256 * found.points)), expected, rtol=1e-5)


def test_descriptors_are_those_of_opencv_as_root_sift():
    found = SiftWords(image_size=256, n_keypoints=30).describe(image())
    keypoints, raw = cv2.SIFT.create(30, contrastThreshold=0.01).detectAndCompute(image(), None)
    shares = raw / raw.sum(axis=1, keepdims=True)
    expected = {(*k.pt, k.angle): share for k, share in zip(keypoints, shares, strict=True)}
    places = np.column_stack([256 * found.points, found.angles]).tolist()
    for place, value in zip(places, found.values, strict=True):
        np.testing.assert_allclose(value**2, expected[tuple(place)], atol=1e-6)


def test_a_low_threshold_finds_blobs_that_the_default_misses_in_faint_images():
    faint = image() // 8
    counts = [
        len(SiftWords(image_size=256, contrast_threshold=threshold).describe(faint).values)
        for threshold in (0.04, 0.01)
    ]
    assert counts[1] > 3 * max(1, counts[0])


def test_a_blank_image_has_no_blobs():
    assert SiftWords().describe(np.zeros((512, 512), np.uint8)).values.shape == (0, 128)
