import base64
import re
from pathlib import Path

import numpy as np
import pytest

from features.local_descriptors import LocalDescriptors
from pipelines.predicting.predictions import Finding, Prediction
from pipelines.serving import page_parts
from tests.pipelines.serving import films

EVIL = '<script>alert("x")</script>'
FILM = Prediction(EVIL, (Finding(EVIL, 0.5, 0.5, 0.4, True),), (EVIL,))


def test_no_name_becomes_markup():
    parts = [
        page_parts.header(EVIL, EVIL, Path("report.html")),
        page_parts.told(EVIL),
        page_parts.table(FILM, EVIL),
    ]
    for part in parts:
        assert "<script" not in part
        assert "&lt;script&gt;" in part


def test_research_use_only_is_in_the_header_and_the_report_if_there_is_one():
    assert "Research use only" in page_parts.header("cnn", "nih", None)
    assert "/report" not in page_parts.header("cnn", "nih", None)
    header = page_parts.header("cnn", "nih", Path("run/verdict.html"))
    assert re.search('href="/report".*>Report of the run</a>', header)


def test_a_card_is_not_called_a_report():
    header = page_parts.header("cnn", "nih", Path("bundle/card.md"))
    assert re.search('href="/report".*>Model card</a>', header)
    assert "Report of" not in header


def test_the_chosen_label_is_marked_and_findings_are_called():
    findings = (Finding("Mass", 0.5, 0.5, 0.4, True), Finding("Edema", 0.1, 0.5, None, False))
    table = page_parts.table(Prediction("a.png", findings), "Edema")
    mass, edema = re.findall(r"<tr.*?</tr>", table)[1:]
    assert "present" in mass
    assert "present" not in edema
    assert 'class="chosen"' in edema


@pytest.fixture(scope="module")
def explained(predictor):
    from pipelines.bundle_options import Serve
    from pipelines.serving.service import Service

    service = Service(predictor, Serve())
    yield service.explained(films.film(), "sick")
    service.close()


def test_every_view_is_a_picture_inside_the_page(explained):
    looks = page_parts.looks(explained, "No Grad-CAM: no network")
    film, keypoints, heatmap = re.findall("<figcaption>(.*?)<", looks)
    assert (film, heatmap) == ("Film", "Word heatmap")
    assert re.fullmatch(r"Keypoints: \d+ of orb_words", keypoints)
    sources = re.findall('src="(.*?)"', looks)
    assert all(source.startswith("data:image/webp;base64,") for source in sources)
    # The film is under both overlays.
    assert len(sources) == 3 + 2
    assert "No Grad-CAM: no network." in looks


def test_links_hold_what_they_give(explained):
    link = page_parts.panel_link(explained, b"picture")
    assert base64.b64decode(re.search('base64,(.*?)"', link)[1]) == b"picture"
    assert 'download="film-sick.png"' in link
    table = page_parts.table_link("id,label\n")
    assert base64.b64decode(re.search('base64,(.*?)"', table)[1]) == b"id,label\n"


def test_keypoints_are_drawn_where_they_are_in_the_film_and_the_film_stays_as_it_was():
    wide = np.zeros((50, 100, 3), np.uint8)
    middle = LocalDescriptors(
        np.zeros((1, 1)), np.array([[0.5, 0.5]]), np.array([0.2]), np.array([0.0])
    )
    drawn = page_parts.with_keypoints(wide, middle)
    rows, columns = np.nonzero(drawn.any(axis=2))
    assert (rows.min() + rows.max()) / 2 == pytest.approx(25, abs=1)
    assert (columns.min() + columns.max()) / 2 == pytest.approx(50, abs=1)
    assert columns.max() - columns.min() == pytest.approx(20, abs=3)
    assert not wide.any()
