from itertools import pairwise

from reports.plots.model_styles import styles


def test_models_differ_in_colour_and_neighbours_in_line_and_marker_too():
    looks = list(styles(["a", "b", "c", "d", "e", "f", "g"]).values())
    assert len({look["color"] for look in looks}) == 7
    for one, other in pairwise(looks):
        assert one["linestyle"] != other["linestyle"]
        assert one["marker"] != other["marker"]


def test_any_number_of_models_has_its_look():
    assert len(styles([str(number) for number in range(20)])) == 20
