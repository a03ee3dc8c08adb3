import numpy as np

from datasets.small_move import SmallMove

PLANE = np.random.default_rng(0).integers(0, 256, (40, 50), np.uint8)
STILL = {"rotation": 0, "shift": 0, "zoom": 0, "brightness": 0, "contrast": 0}


def test_without_limits_nothing_changes():
    np.testing.assert_array_equal(SmallMove(**STILL)(PLANE, "a", "d"), PLANE)


def test_draws_and_seeds_and_images_differ_and_repeat():
    versions = [
        SmallMove(draw, seed)(PLANE, "a", digest)
        for draw, seed, digest in [(0, 0, "d"), (1, 0, "d"), (0, 1, "d"), (0, 0, "e")]
    ]
    assert len({version.tobytes() for version in versions}) == 4
    np.testing.assert_array_equal(versions[0], SmallMove(0, 0)(PLANE, "b", "d"))


def test_brightness_stays_within_its_limit():
    for draw in range(20):
        change = SmallMove(draw, **STILL | {"brightness": 0.1})
        grey = change(np.full((9, 9), 100, np.uint8), "a", "d")
        assert abs(int(grey[0, 0]) - 100) <= 26
        assert len(np.unique(grey)) == 1


def test_contrast_changes_about_the_mean():
    halves = np.repeat(np.uint8([[80, 120]]), 4, axis=0)
    made = SmallMove(3, **STILL | {"contrast": 0.5})(halves, "a", "d").astype(int)
    assert made[0].sum() == 200
    assert made[0, 1] - made[0, 0] != 40


def test_the_recipe_has_all_fields():
    recipe = SmallMove(2, 5).recipe
    assert recipe["name"] == "small_move"
    assert (recipe["draw"], recipe["seed"], recipe["rotation"]) == (2, 5, 5.0)
