import numpy as np
import pytest

from errors import BadArrays
from evaluation.conformal import LEVELS, Bounds
from models.bundled_bounds import AVERAGED, BOUNDS, AveragedBounds, load, load_averaged, save

RNG = np.random.default_rng(0)
FILES = [BOUNDS, AVERAGED]
KNOWN = Bounds.of((RNG.random((80, 2)) < 0.4).astype(float), RNG.random((80, 2)), np.arange(80))


def test_bounds_are_the_same_after_reading(tmp_path):
    save(KNOWN, AveragedBounds(8, KNOWN), tmp_path)
    times, averaged = load_averaged(tmp_path, FILES, 2)
    assert times == 8
    for again in (load(tmp_path, FILES, 2), averaged):
        for name, values in vars(KNOWN).items():
            np.testing.assert_array_equal(getattr(again, name), values)


def test_without_bounds_nothing_is_written(tmp_path):
    save(None, None, tmp_path)
    assert not list(tmp_path.iterdir())
    assert load(tmp_path, [], 2) is load_averaged(tmp_path, [], 2) is None


def test_a_file_says_nothing_about_single_images(tmp_path):
    save(KNOWN, None, tmp_path)
    with np.load(tmp_path / BOUNDS) as kept:
        sizes = {name: values.shape for name, values in kept.items()}
    of_levels = (len(LEVELS), 2)
    assert sizes == {"lowest": of_levels, "highest": of_levels, "patients": (2, 2)}


@pytest.mark.parametrize(
    "wrong", [{"lowest": np.zeros(3)}, {"patients": np.array([["a", "b"]] * 2)}]
)
def test_arrays_of_another_shape_or_type_are_refused(tmp_path, wrong):
    np.savez(tmp_path / BOUNDS, **(vars(KNOWN) | wrong))
    with pytest.raises(BadArrays, match=next(iter(wrong))):
        load(tmp_path, FILES, 2)


@pytest.mark.parametrize("times", [{}, {"times": 1}, {"times": 2.0}, {"times": [2]}])
def test_averages_over_no_known_number_of_versions_are_refused(tmp_path, times):
    np.savez(tmp_path / AVERAGED, **(vars(KNOWN) | times))
    with pytest.raises(BadArrays, match="times"):
        load_averaged(tmp_path, FILES, 2)
