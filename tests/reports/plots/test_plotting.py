from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from errors import StorageFailed
from reports.plots.plotting import literal, save, styles


@pytest.mark.parametrize("dpi", [50, 120])
def test_a_figure_is_a_png_file_of_so_many_dots_an_inch(tmp_path, dpi):
    path = save(Figure(figsize=(2, 1)), tmp_path / "plot.png", dpi)
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("PNG", (2 * dpi, dpi))


def test_a_figure_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "plot.png"
    path.write_text("old")
    monkeypatch.setattr(Figure, "savefig", full)
    with pytest.raises(StorageFailed, match=r"plot\.png must be on a writable disk"):
        save(Figure(), path)
    assert [each.read_text() for each in tmp_path.iterdir()] == ["old"]


def full(figure, path, **options):
    path.write_bytes(b"half")
    raise OSError(28, "No space left on device")


HOSTILE = ["$\\frac{", "a_b$c$", "\\undefined{", "x\x1b[31m\x07\u202e", "^{_%&#~"]
SHOWN = [*HOSTILE[:3], r"x\x1b[31m\x07\u202e", HOSTILE[4]]


def hostile():
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.set_yticks(range(5), HOSTILE)
    for place, name in enumerate(HOSTILE):
        axes.text(0, place, name)
        axes.plot([0, 1], [place, place], label=name)
    axes.set(title=HOSTILE[3], xlabel="one\ntwo")
    figure.legend(loc="outside lower center")
    return figure


def test_names_are_shown_as_they_are_and_characters_without_a_glyph_as_escapes(tmp_path):
    figure = hostile()
    save(figure, tmp_path / "plot.png")
    (axes,) = figure.axes
    assert [tick.get_text() for tick in axes.get_yticklabels()] == SHOWN
    assert [text.get_text() for text in axes.texts] == SHOWN
    assert [text.get_text() for text in figure.legends[0].get_texts()] == SHOWN
    assert not any(text.get_parse_math() for text in axes.texts)
    assert (axes.get_title(), axes.get_xlabel()) == (SHOWN[3], "one\ntwo")


def test_figures_without_such_names_do_not_change():
    plain, checked = Figure(), Figure()
    for figure in (plain, checked):
        axes = figure.subplots()
        axes.plot([-1, 2e5], [0, 1], label="a")
        axes.legend()
    literal(checked)
    pixels = [np.asarray(drawn(figure)) for figure in (plain, checked)]
    np.testing.assert_array_equal(*pixels)


def drawn(figure):
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return canvas.buffer_rgba()


def test_models_differ_in_colour_and_neighbours_in_line_and_marker_too():
    looks = list(styles(["a", "b", "c", "d", "e", "f", "g"]).values())
    assert len({look["color"] for look in looks}) == 7
    for one, other in pairwise(looks):
        assert one["linestyle"] != other["linestyle"]
        assert one["marker"] != other["marker"]


def test_any_number_of_models_has_its_look():
    assert len(styles([str(number) for number in range(20)])) == 20
