import cv2
import numpy as np

from features.extractors.brisk_words import BriskWords


def image(side=256):
    noise = np.random.default_rng(0).normal(size=(side, side))
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, 32).astype(np.uint8)


def test_every_bit_of_opencv_is_kept():
    plain = cv2.xfeatures2d.BRISK.create(thresh=10).detectAndCompute(image(), None)[1]
    values = BriskWords(image_size=256, n_keypoints=10_000).describe(image()).values
    ours = {row.tobytes() for row in np.packbits(values.astype(np.uint8), axis=1)}
    assert values.shape[1] == 512
    assert ours == {row.tobytes() for row in plain}


def test_a_low_threshold_finds_more_corners():
    counts = [
        len(BriskWords(image_size=256, threshold=threshold).describe(image()))
        for threshold in (60, 10)
    ]
    assert counts[1] > counts[0]
