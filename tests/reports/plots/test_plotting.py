import re
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from datasets.options import Figures
from errors import InvalidOption, StorageFailed
from reports.plots.plotting import FORMATS, WIDTHS, Paper, inline, literal, save, styles, write


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


def labelled(name="Edema & <Mass>"):
    figure = Figure(figsize=(2, 1))
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="#000000")
    axes.set_title(name)
    return figure


def test_a_figure_is_written_in_every_format_asked_for(tmp_path):
    paths = write(labelled(), tmp_path, "roc.of", Paper(FORMATS, 100))
    assert [path.name for path in paths] == ["roc.of.png", "roc.of.svg", "roc.of.pdf"]
    starts = [path.read_bytes()[:5] for path in paths]
    assert starts == [b"\x89PNG\r", b"<?xml", b"%PDF-"]


def test_the_same_figure_is_the_same_file_twice(tmp_path):
    first, second = (
        [path.read_bytes() for path in write(labelled(), tmp_path, name, Paper(FORMATS))]
        for name in "ab"
    )
    assert first == second


def test_pdfs_have_their_fonts_inside_as_true_type(tmp_path):
    (path,) = write(labelled(), tmp_path, "a", Paper(("pdf",)))
    assert b"/FontFile2" in path.read_bytes()
    assert b"/Type3" not in path.read_bytes()


def test_text_of_an_svg_is_text(tmp_path):
    (path,) = write(labelled(), tmp_path, "a", Paper(("svg",)))
    assert ">Edema &amp; &lt;Mass&gt;</text>" in path.read_text()


def test_a_drawing_for_a_page_has_the_ink_of_the_page_and_no_style_of_its_own():
    drawing = inline(labelled(), "roc", 'a "b"')
    assert drawing.startswith('<svg role="img" aria-label="a &quot;b&quot;" fill="currentColor"')
    assert "stroke: currentColor" in drawing
    assert not re.search("#000000|<style|<metadata|<!DOCTYPE|fill: #ffffff", drawing)


def test_names_in_two_drawings_of_a_page_differ():
    first, second = (
        re.findall(r'\bid="([^"]+)"', inline(labelled(), name, "")) for name in ("roc", "forest")
    )
    assert len(first) == len(second) > 5
    assert not set(first) & set(second)


def test_references_in_a_drawing_lead_to_its_own_parts():
    drawing = inline(labelled(), "roc", "")
    found = re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', drawing)
    assert found
    assert {one or other for one, other in found} <= set(re.findall(r'\bid="([^"]+)"', drawing))


def test_figures_have_the_formats_dots_and_width_asked_for():
    paper = Paper.of(Figures(figures="pdf, png", dpi=600, figure_width="single"))
    assert paper == Paper(("pdf", "png"), 600, WIDTHS["single"])
    assert round(25.4 * paper.width) == 89


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"figures": "png,jpg"}, "--figures must be formats among png, svg, pdf"),
        ({"figures": ""}, "--figures must be"),
        ({"dpi": 10}, "--dpi must be from 50 to 1200; got 10"),
        ({"figure_width": "wide"}, "--figure-width must be one of single, double"),
    ],
)
def test_other_figures_are_refused(options, message):
    with pytest.raises(InvalidOption, match=message):
        Paper.of(Figures(**options))


def test_twenty_models_differ_without_colour_too():
    looks = styles([str(number) for number in range(20)]).values()
    assert len({(str(look["linestyle"]), look["marker"]) for look in looks}) == 20


def test_models_differ_in_colour_and_neighbours_in_line_and_marker_too():
    looks = list(styles(["a", "b", "c", "d", "e", "f", "g"]).values())
    assert len({look["color"] for look in looks}) == 7
    for one, other in pairwise(looks):
        assert one["linestyle"] != other["linestyle"]
        assert one["marker"] != other["marker"]


def test_any_number_of_models_has_its_look():
    assert len(styles([str(number) for number in range(20)])) == 20
