import csv
import re
import shutil
from dataclasses import replace
from pathlib import Path

import gradio as gr
import numpy as np
import pytest

from errors import Busy
from pipelines.serving.session import Session
from pipelines.verdict.wording import number
from tests.pipelines.serving import films

pytestmark = [
    pytest.mark.slow,
    # What gradio does on its own: options that pandas 3 no longer needs, sockets left to close.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def page(live):
    from pipelines.serving.page import Page

    return Page(live.service, None)


@pytest.fixture
def uploaded(tmp_path):
    """A file as the page's library lays it down."""

    def uploaded(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        return str(path)

    return uploaded


def texts(answer):
    return " ".join(part for part in answer if isinstance(part, str))


def test_findings_are_those_of_the_service_and_no_file_is_left(page, uploaded):
    path = uploaded("film.png", films.png(3))
    _, session, *shown = page.take([path])
    (film,) = page.service.findings([films.Upload("film.png", films.png(3))])
    assert session.found == [film]
    assert not Path(path).exists()
    assert f"{film.findings[0].probability:.3f}" in texts(shown)


def test_a_bad_film_is_told_and_no_file_is_left(page, uploaded):
    path = uploaded("film.png", b"no film")
    _, session, *shown = page.take([path])
    assert "film.png cannot be read: neither PNG, JPEG nor DICOM." in texts(shown)
    assert not session.uploads
    assert not Path(path).exists()


def test_a_page_begins_with_a_label_and_its_threshold_in_the_tables_digits(page):
    boxes = {getattr(each, "label", ""): each for each in page.blocks().blocks.values()}
    told = float(number(threshold_of(page, boxes["Label"].value)))
    assert boxes["Threshold of this label"].value == told


def test_without_a_film_a_label_stands_beside_its_own_threshold(page, uploaded):
    _, _, _, label, *_, threshold, _ = page.take([uploaded("film.png", b"no film")])
    assert threshold == threshold_of(page, label["value"])
    other = page.bundle.labels[-1]
    assert page.show(Session(), None, other)[3] == threshold_of(page, other) != threshold


def test_a_half_is_shown_where_a_label_has_no_threshold(page, monkeypatch):
    monkeypatch.setattr(page, "bundle", replace(page.bundle, thresholds=np.full(2, np.nan)))
    assert page.show(Session(), None, "well")[3] == 0.5


def test_another_label_and_threshold_change_what_is_shown(page, uploaded):
    _, session, *_ = page.take([uploaded("film.png", films.png())])
    label = unseen(page, session)
    status, table, _, threshold, looks = page.show(session, "1. film.png", label)
    assert f"<h2>{label}</h2>" in looks
    assert threshold == threshold_of(page, label)
    status, table, _ = page.judge(session, "1. film.png", label, 0.0)
    row = re.search('<tr class="chosen">.*?</tr>', table)[0]
    assert "present" in row
    assert "from 0.0 on" in status
    page.show(session, "1. film.png", unseen(page, session))
    assert page.show(session, "1. film.png", label)[3] == 0.0


def test_a_choice_that_is_told_twice_is_answered_once(page, uploaded):
    _, session, *_ = page.take([uploaded("film.png", films.png())])
    choice = session, "1. film.png", unseen(page, session)
    assert "<h2>" in texts(page.show(*choice))
    assert page.show(*choice) == [gr.skip()] * 5


def test_a_choice_that_a_busy_server_refused_can_be_made_again(page, uploaded, monkeypatch):
    _, session, *_ = page.take([uploaded("film.png", films.png())])
    choice = session, "1. film.png", unseen(page, session)
    with monkeypatch.context() as patch:
        patch.setattr(page.service, "explained", busy)
        assert "is busy" in texts(page.show(*choice))
    assert "<h2>" in texts(page.show(*choice))


def busy(*_):
    raise Busy("The server is busy.")


def unseen(page, session):
    """The label that is not shown yet."""
    return next(each for each in page.bundle.labels if each != session.chosen[1])


def threshold_of(page, label):
    return float(page.bundle.thresholds[page.bundle.labels.index(label)])


def test_films_that_are_gone_are_asked_for_again(page):
    for answer in (page.show(Session(), "1. a", "sick"), page.judge(Session(), None, "sick", 0.5)):
        assert "please upload films" in texts(answer)


CHROMIUM = shutil.which("chromium")
WIDTHS = {"desktop": 1200, "phone": 390}


@pytest.mark.skipif(not CHROMIUM, reason="needs the browser chromium")
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_browser_shows_findings_and_overlays_and_asks_nobody_else(live, tmp_path, width):
    driver = pytest.importorskip("playwright.sync_api")
    (tmp_path / "a.png").write_bytes(films.png())
    (tmp_path / "b.dcm").write_bytes(films.dicom(PatientID="P4711"))
    with driver.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.set_default_timeout(120_000)
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(live.url)
        page.set_input_files("input[type=file]", [tmp_path / "a.png", tmp_path / "b.dcm"])
        page.wait_for_selector(".tiles .over")
        assert page.locator(".findings tbody tr").count() == 2
        choose(page, "Label", "well")
        page.wait_for_function("document.querySelector('.chosen th')?.innerText == 'well'")
        fill(page, "Threshold of this label", "0.001")
        page.wait_for_function("document.querySelector('.told').innerText.includes('0.001')")
        assert "present" in page.inner_text(".chosen")
        fill(page, "Strength of overlays", "0.25")
        page.wait_for_function(
            "getComputedStyle(document.querySelector('.over')).opacity == '0.25'"
        )
        # By keyboard, and at once: an answer on its way must not swallow it.
        film = page.get_by_label("Film", exact=True)
        film.fill("2.")
        film.press("Enter")
        page.wait_for_function(
            "document.querySelector('caption')?.innerText == 'Findings of b.dcm'"
        )
        with page.expect_download() as download:
            page.get_by_text("Table of all films").click()
        rows = list(csv.DictReader(Path(download.value.path()).read_text().splitlines()))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        content = page.content()
        browser.close()
    assert [row["id"] for row in rows] == ["a.png"] * 2 + ["b.dcm"] * 2
    assert rows[1]["threshold"] == "0.001"
    assert all(url.startswith((live.url, "data:", "blob:")) for url in asked)
    assert not any(tag in content for tag in ("Doe^", "P4711", "19500101"))
    # gradio leaves names of uploads' parts behind, with nothing in them.
    assert not [path for path in live.uploads.rglob("*") if path.is_file() and path.stat().st_size]


def choose(page, name, option):
    page.get_by_label(name, exact=True).click()
    page.get_by_role("option", name=option).click()


def fill(page, name, value):
    number = page.get_by_label(f"number input for {name}")
    number.fill(value)
    number.blur()
