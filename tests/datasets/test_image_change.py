from dataclasses import replace

import numpy as np
import pytest

import datasets.changes
import registry
from datasets.image_change import N_SEVERITIES, acquisition, acquisitions, amounts, mapped
from datasets.options import Changing
from errors import InvalidOption, UnknownPlugin

NAMES = registry.names(datasets.changes)
DIGESTS = [f"{number:032x}" for number in range(8)]


def _plane():
    """Smooth, with an edge, detail and all grey levels; wider than it is high."""
    y, x = np.mgrid[:240, :300] / 300
    smooth = 110 + 90 * np.sin(5 * x) * np.cos(4 * y)
    smooth[60:130, 90:180] += 50
    texture = np.random.default_rng(0).normal(0, 6, smooth.shape)
    return np.clip(smooth + texture, 0, 255).astype(np.uint8)


PLANE = _plane()


@pytest.mark.parametrize("name", NAMES)
def test_severity_0_is_exactly_the_image(name):
    assert acquisition(name, 0)(PLANE, "a", DIGESTS[0]) is PLANE


@pytest.mark.parametrize("name", NAMES)
def test_a_change_gives_a_grey_plane_and_leaves_the_given_one_alone(name):
    before = PLANE.copy()
    for severity in range(1, N_SEVERITIES + 1):
        made = acquisition(name, severity)(PLANE, "a", DIGESTS[0])
        assert made.dtype == np.uint8
        assert made.ndim == 2
    np.testing.assert_array_equal(PLANE, before)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_and_image_give_the_same_change(name):
    one, other = (acquisition(name, 4, 7)(PLANE, "a", DIGESTS[0]) for _ in range(2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", NAMES)
def test_more_severe_changes_are_further_from_the_image(name):
    distances = []
    for severity in range(1, N_SEVERITIES + 1):
        made = [acquisition(name, severity)(PLANE, "a", digest) for digest in DIGESTS]
        distances.append(np.mean([_distance(each) for each in made]))
    assert distances[0] > 0
    assert np.diff(distances).min() >= 0
    assert distances[-1] > distances[0]


def _distance(made):
    """The mean difference of grey levels, or the share of the image that is lost."""
    if made.shape != PLANE.shape:
        return 1 - made.size / PLANE.size
    return np.abs(made.astype(float) - PLANE).mean()


@pytest.mark.parametrize("name", NAMES)
def test_a_tiny_image_can_be_changed(name):
    tiny = PLANE[:16, :17]
    for severity in (1, N_SEVERITIES):
        assert min(acquisition(name, severity)(tiny, "a", DIGESTS[0]).shape) >= 12


@pytest.mark.parametrize("name", NAMES)
def test_another_severity_is_another_recipe(name):
    recipes = [acquisition(name, severity).recipe for severity in range(N_SEVERITIES + 1)]
    assert all(recipe["name"] == name for recipe in recipes)
    assert len({str(recipe) for recipe in recipes}) == N_SEVERITIES + 1


def test_images_have_their_own_random_numbers_and_seeds_change_them():
    change = acquisition("noise", 3)
    one = change(PLANE, "a", DIGESTS[0])
    assert (one != change(PLANE, "a", DIGESTS[1])).any()
    assert (one != replace(change, seed=1)(PLANE, "a", DIGESTS[0])).any()
    # One file under two ids is one image.
    np.testing.assert_array_equal(one, change(PLANE, "b", DIGESTS[0]))


@pytest.mark.parametrize("severity", [-1, 6])
def test_other_severities_are_refused(severity):
    with pytest.raises(InvalidOption, match="from 0 to 5"):
        acquisition("blur", severity)


def test_an_unknown_change_is_refused():
    with pytest.raises(UnknownPlugin, match="did you mean blur"):
        acquisition("blurr", 1)


def test_mapped_levels_are_rounded_and_clipped():
    levels = np.full(256, 0.6)
    levels[[0, 1]] = -3, 300
    np.testing.assert_array_equal(mapped(np.uint8([[0, 1, 2]]), levels), [[0, 255, 1]])


def test_severities_are_in_order_each_once():
    found = acquisitions(Changing(changes="blur,shift", severities="5,1,5"), 0)
    assert {name: [*each] for name, each in found.items()} == {"blur": [1, 5], "shift": [1, 5]}


def test_all_changes_and_severities_are_the_default():
    found = acquisitions(Changing(), 3)
    assert [*found] == NAMES
    assert [*found["blur"]] == [1, 2, 3, 4, 5]
    assert found["blur"][2] == acquisition("blur", 2, 3)


@pytest.mark.parametrize("severities", ["", "0", "6", "a", "1.5"])
def test_severities_are_numbers_from_1_to_5(severities):
    with pytest.raises(InvalidOption, match="--severities must be numbers from 1 to 5"):
        acquisitions(Changing(severities=severities), 0)


def test_amounts_say_what_severities_mean():
    found = acquisitions(Changing(changes="noise", severities="1,5"), 0)
    assert amounts(found["noise"])["amounts"] == {"1": 2000, "5": 50}
