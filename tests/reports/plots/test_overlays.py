import numpy as np

from reports.plots.overlays import GREY, OPACITY, Heat, overlay, scale

IMAGE = np.full((2, 2), 100, np.uint8)
ORANGE, BLUE = np.array([230, 159, 0]), np.array([86, 180, 233])


def signed(values, limit=2.0):
    return Heat("words", "logit", True, limit, np.array(values, float))


def test_no_evidence_leaves_the_image_as_it_is():
    heat = signed(np.zeros((2, 2)))
    np.testing.assert_array_equal(overlay(IMAGE, heat), np.full((2, 2, 3), 100))


def test_evidence_for_is_orange_and_against_is_blue_by_its_strength():
    found = overlay(IMAGE, signed([[2, -2], [1, 0]]))
    for place, colour, strength in (((0, 0), ORANGE, 1), ((0, 1), BLUE, 1), ((1, 0), ORANGE, 0.5)):
        opacity = OPACITY * strength
        expected = np.rint((1 - opacity) * 100 + opacity * colour)
        np.testing.assert_array_equal(found[place], expected)


def test_what_is_beyond_the_limit_looks_like_the_limit():
    found = overlay(IMAGE, signed([[2, 5], [-2, -9]]))
    np.testing.assert_array_equal(found[:, 0], found[:, 1])


def test_heat_without_sign_runs_from_nothing_to_yellow():
    heat = Heat("camera", "raw", False, 4.0, np.array([[0, 4], [0, 0]]))
    found = overlay(IMAGE, heat)
    assert found[0, 0].tolist() == [100, 100, 100]
    assert found[0, 1, 0] > 200 > found[0, 1, 2]
    assert heat.ends == (0, 4)


def test_a_map_of_zeros_shows_nothing():
    heat = Heat("camera", "raw", False, 0.0, np.zeros((2, 2)))
    np.testing.assert_array_equal(overlay(IMAGE, heat), np.full((2, 2, 3), 100))


def test_where_there_is_no_map_the_image_is_dimmed():
    assert overlay(IMAGE, Heat("camera", "", False, 0.0, None)).max() == 33


def test_the_scale_is_what_an_overlay_on_grey_shows():
    heat = signed([[2, 0], [-2, 0]])
    image, colours = np.full((2, 2), GREY, np.uint8), scale(heat)[0]
    found = overlay(image, heat)
    np.testing.assert_array_equal(found[0, 0], colours[-1])
    np.testing.assert_array_equal(found[1, 0], colours[0])
