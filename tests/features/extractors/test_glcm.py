import numpy as np
import pytest

from features.extractors.glcm import MEASURES, Glcm


def measures(image, **options):
    """Means over directions by measure, at a distance of 1."""
    row = Glcm(image_size=64, distances=(1,), **options).row(image)
    return dict(zip(MEASURES, row, strict=False))


NOISE = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)


def test_a_flat_image_has_no_contrast_and_is_all_alike():
    found = measures(np.full((64, 64), 90, np.uint8))
    assert (found["contrast"], found["entropy"]) == (0, 0)
    assert found["homogeneity"] == found["energy"] == 1


def test_noise_has_contrast_and_no_correlation():
    found = measures(NOISE)
    assert found["contrast"] == pytest.approx(np.sqrt(1 / 6), abs=0.02)
    assert found["correlation"] == pytest.approx(0, abs=0.02)


def test_measures_lie_between_minus_one_and_one():
    black_and_white = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    rows = [Glcm(image_size=64).row(each) for each in (NOISE, black_and_white)]
    assert np.abs(rows).max() <= 1 + 1e-9


def test_contrast_is_that_of_a_slow_loop():
    grey = (NOISE // 64).astype(int)
    pairs = [
        grey[1:] - grey[:-1],
        grey[:, 1:] - grey[:, :-1],
        grey[1:, 1:] - grey[:-1, :-1],
        grey[1:, :-1] - grey[:-1, 1:],
    ]
    slow = np.mean([np.sqrt(np.mean(apart**2)) for apart in pairs]) / 3
    assert measures(NOISE, levels=4)["contrast"] == pytest.approx(slow)


def test_stripes_differ_between_directions():
    stripes = np.tile(np.array([0, 200], np.uint8), (64, 32))
    row = Glcm(image_size=64, distances=(1,)).row(stripes)
    assert row[len(MEASURES)] > 0.3
