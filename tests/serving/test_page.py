import csv
import re
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from reports.findings_files import COLUMNS, rows
from reports.plots.overlays import Heat, overlay
from serving import page
from serving.schemas import NOTICE
from tests.serving import browser, pictures


@pytest.fixture(scope="module")
def client():
    app = FastAPI(openapi_url=None)
    app.include_router(page.routes())
    return TestClient(app)


def test_the_page_is_answered_as_html(client):
    answer = client.get("/")
    assert answer.content == (page.STATIC / "page.html").read_bytes()
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("name", [*page.FILES, page.LOGIN_STYLE])
def test_each_part_is_answered_with_its_kind(client, name):
    answer = client.get(f"/static/{name}")
    assert answer.content == (page.STATIC / name).read_bytes()
    assert answer.headers["content-type"].startswith(("text/css", "text/javascript"))
    assert answer.headers["cache-control"] == "no-cache"


def test_every_file_of_the_folder_is_served_and_no_other():
    names = {path.name for path in page.STATIC.iterdir()}
    assert names == {page.PAGE, page.LOGIN_STYLE, *page.FILES}


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/page.html",
        "/static/../page.py",
        "/static/%2e%2e/page.py",
        "/static/..%2fpage.py",
        "/static//etc/passwd",
        "/static/page.js/",
        "/etc/passwd",
    ],
)
def test_any_other_path_is_not_found(client, path):
    assert client.get(path, follow_redirects=False).status_code in (307, 404)
    assert client.get(path).status_code == 404 or path.endswith("page.js/")


def test_the_notice_is_there_without_any_script():
    assert (page.STATIC / page.PAGE).read_text().count(NOTICE) >= 2


@pytest.mark.parametrize(
    ("report", "name"),
    [(None, None), ("run/report.html", "Report of the run"), ("bundle/card.md", "Model card")],
)
def test_a_card_is_not_called_a_report(report, name):
    assert page.report_named(report and Path(report)) == name


def test_the_page_holds_no_script_and_no_style_of_its_own():
    text = (page.STATIC / page.PAGE).read_text()
    assert not re.search(r"<style|\bstyle=|\bon\w+=|<script(?![^>]*src=)", text)


def test_no_script_makes_markup_of_text():
    for path in page.STATIC.glob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write", path.read_text()
        )


@pytest.mark.parametrize("path", sorted(page.STATIC.iterdir()), ids=lambda path: path.name)
def test_no_file_of_the_page_passes_250_lines(path):
    assert len(path.read_text().splitlines()) <= 250


def test_no_file_of_the_page_names_another_server():
    for path in page.STATIC.iterdir():
        assert "://" not in path.read_text().replace("http://www.w3.org/", "")


@pytest.fixture(scope="module")
def chromium():
    with browser.started() as started:
        yield started


@pytest.fixture
def open_page(chromium, live):
    """The page in a browser; what goes wrong on it fails the test."""
    pages = []

    def open_page(**options):
        pages.append(browser.opened(chromium, live.url, **options))
        return pages[-1]

    yield open_page
    for each in pages:
        assert browser.mistakes(each) == []
        assert all(url.startswith((live.url, "blob:", "data:")) for url in each.asked)
        each.close()


@pytest.fixture
def predicted(predictor, tmp_path):
    """What `predict` finds in images that are called a.png, b.png and so on."""

    def predicted(*images):
        paths = [tmp_path / f"{letter}.png" for letter in "abc"[: len(images)]]
        for path, data in zip(paths, images, strict=True):
            path.write_bytes(data)
        return list(predictor.predict(paths))

    return predicted


def in_browser(test):
    return pytest.mark.slow(browser.needed(test))


@in_browser
def test_an_unreadable_file_is_named_and_the_others_go_on(open_page):
    page = open_page()
    dicom = pictures.dicom(PatientID="P4711")
    chosen = (("a.png", None), ("junk.png", b"no image"), ("b.dcm", dicom))
    browser.upload(page, *(browser.file(*each) for each in chosen))
    states = page.locator("#worklist li").all_inner_texts()
    assert [state.split("\n")[0] for state in states] == ["a.png", "junk.png", "b.dcm"]
    assert "junk.png cannot be read: neither PNG, JPEG nor DICOM." in states[1]
    assert all("present" in states[place] for place in (0, 2))
    page.click("#worklist li:nth-child(2) button")
    assert page.inner_text("#status") == page.inner_text("#problem")
    assert page.inner_text("#problem").startswith("junk.png cannot be read")
    page.click("#worklist li:nth-child(3) button")
    browser.first(page)
    assert not any(tag in page.content() for tag in ("Doe", "P4711", "19500101"))


@in_browser
def test_findings_are_those_of_predict_in_order_of_concern(open_page, predicted):
    page = open_page()
    browser.upload(page, browser.file(data=pictures.png(3)))
    (image,) = predicted(pictures.png(3))
    rows = [row.split("\t") for row in page.locator("#findings-body tr").all_inner_texts()]
    found = sorted(image.findings, key=lambda each: -each.probability / each.threshold)
    for (label, probability, threshold, decision), expected in zip(rows, found, strict=True):
        assert label.strip() == expected.label
        assert probability.strip() == f"{expected.probability:.3f}"
        assert threshold.strip() == f"{expected.threshold:.3f}"
        assert decision.strip() == ("present" if expected.present else "not present")


@in_browser
def test_a_finding_leads_to_its_map_and_the_scale_of_its_colours(open_page):
    page = open_page()
    browser.upload(page, browser.file())
    label = browser.first(page)
    alone = browser.pixels(page)
    browser.show_evidence(page, label, "orb_words")
    assert browser.pixels(page) != alone
    assert page.inner_text("#scale-unit") == "logit per 1 % of the image"
    low, high = (page.inner_text(f"#scale-{end}").replace("−", "-") for end in ("low", "high"))
    assert -float(low) == float(high) > 0
    page.fill("#opacity", "0")
    assert browser.pixels(page) == alone


@in_browser
def test_a_map_that_is_empty_says_why(open_page):
    page = open_page()
    browser.upload(page, browser.file())
    browser.show_evidence(page, browser.first(page), "gradcam")
    assert page.inner_text("#evidence-note").startswith("No Grad-CAM:")
    assert not page.is_visible("#scale")


@in_browser
def test_hands_zoom_move_and_change_the_greys(open_page):
    page = open_page()
    browser.upload(page, browser.file())
    browser.first(page)
    seen = [browser.pixels(page)]
    frame = page.locator("#canvas").bounding_box()
    middle = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.mouse.move(*middle)

    def drag(button):
        page.mouse.down(button=button)
        page.mouse.move(middle[0] + 60, middle[1] + 40)
        page.mouse.up(button=button)
        page.mouse.move(*middle)

    actions = [
        lambda: page.mouse.wheel(0, -300),
        lambda: drag("left"),
        lambda: drag("right"),
        lambda: page.click("#invert"),
    ]
    for action in actions:
        action()
        seen.append(browser.pixels(page))
    assert len(set(seen)) == len(seen)
    page.click("#reset")
    assert browser.pixels(page) == seen[0]


@in_browser
def test_keys_alone_suffice(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    # The driver sees the dialog that follows most times, not always.
    page.evaluate("document.getElementById('files').onclick = () => { window.asked = true; }")
    page.keyboard.press("Enter")
    browser.until(page, "window.asked")
    browser.upload(page, browser.file("a.png"), browser.file("b.png", pictures.png(5)))
    browser.first(page)
    page.keyboard.press("PageDown")
    assert page.inner_text("#caption") == "b.png"
    page.keyboard.press("p")
    assert page.inner_text("#caption") == "a.png"
    label = browser.first(page)
    seen = [browser.pixels(page)]
    # This bundle has no Grad-CAM: the second press reaches its visual words.
    page.keyboard.press("o")
    for key in ("+", "i", "o"):
        page.keyboard.press(key)
        seen.append(browser.pixels(page))
    tab_to(page, "canvas")
    for key in ("ArrowLeft", "Shift+ArrowUp", "Shift+ArrowRight"):
        page.keyboard.press(key)
        seen.append(browser.pixels(page))
    assert len(set(seen)) == len(seen)
    tab_to(page, label)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    other = {"sick": "well", "well": "sick"}[label]
    browser.explained(page, other)
    assert page.inner_text(".chosen button") == other


def tab_to(page, name):
    """Tab until the element with this id or text has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = "[document.activeElement.id, document.activeElement.innerText]"
        if name in page.evaluate(focused):
            return
    raise AssertionError(name)


@in_browser
def test_a_threshold_of_ones_own_decides_here_and_in_the_table(open_page):
    page = open_page()
    browser.upload(page, browser.file())
    label = browser.first(page)
    page.fill("#threshold-number", "0.999")
    page.locator("#threshold-number").blur()
    assert f"{label} is now present from 0.999" in page.inner_text("#status")
    row = page.locator("#findings-body tr", has_text=label)
    assert "not present" in row.inner_text()
    assert "0.999 yours" in row.inner_text()
    saved = {each["label"]: each for each in table_of(page)}
    assert (saved[label]["threshold"], saved[label]["finding"]) == ("0.999", "no")
    page.click("#threshold-reset")
    assert "yours" not in row.inner_text()


def table_of(page):
    with page.expect_download() as download:
        page.click("#table")
    with Path(download.value.path()).open(newline="") as text:
        return list(csv.DictReader(text))


@in_browser
def test_the_table_is_the_one_that_predict_writes(open_page, predicted):
    page = open_page()
    browser.upload(page, browser.file(), browser.file("b.png", pictures.png(5)))
    expected = [row for image in predicted(pictures.png(), pictures.png(5)) for row in rows(image)]
    read = table_of(page)
    assert tuple(read[0]) == COLUMNS
    for row, known in zip(read, expected, strict=True):
        for text, value in zip(row.values(), known, strict=True):
            close = isinstance(value, float) and float(text) == pytest.approx(value, abs=1e-6)
            assert close or text == ("" if value is None else str(value))


@in_browser
def test_names_stay_text_on_the_page_and_in_the_table(open_page):
    page = open_page()
    names = ("<img src=x onerror=alert(1)>.png", "=1+1.png")
    browser.upload(page, *map(browser.file, names))
    browser.first(page)
    assert page.inner_text("#caption") == names[0]
    assert page.locator("main img").count() == 0
    assert {row["id"] for row in table_of(page)} == {names[0], "'=1+1.png"}


@in_browser
def test_a_panel_is_saved(open_page):
    page = open_page()
    browser.upload(page, browser.file())
    label = browser.first(page)
    with page.expect_download() as download:
        page.click("#panel")
    assert download.value.suggested_filename == f"a-{label}.png"
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")


@in_browser
def test_an_example_is_called_synthetic(open_page):
    page = open_page()
    page.click(".empty .examples button:first-child")
    page.wait_for_selector("#worklist .done")
    browser.first(page)
    assert page.inner_text("#synthetic") == "Synthetic image"


@in_browser
def test_a_label_without_a_threshold_is_not_decided_until_the_reader_sets_one(open_page):
    page = open_page()

    def without_thresholds(route):
        told = route.fetch().json()
        told["films"][0]["findings"][0].update(threshold=None, present=None)
        route.fulfill(json=told)

    page.route("**/api/v1/findings*", without_thresholds)
    browser.upload(page, browser.file())
    row = page.locator("#findings-body tr", has_text="sick")
    assert row.inner_text().split("\t")[2:] == ["none", "not decided"]
    saved = {each["label"]: each for each in table_of(page)}
    assert (saved["sick"]["threshold"], saved["sick"]["finding"]) == ("", "not decided")
    row.click()
    page.fill("#threshold-number", "0")
    page.locator("#threshold-number").blur()
    assert row.inner_text().split("\t")[2:] == ["0.000 yours", "present"]
    assert {each["label"]: each["finding"] for each in table_of(page)}["sick"] == "yes"


@in_browser
def test_uncertainty_is_shown_where_it_is_asked_for(open_page):
    page = open_page()
    browser.upload(page, browser.file())
    assert "±" not in page.inner_text("#findings-body")

    def spread(route):
        told = route.fetch(url=route.request.url.replace("tta=8", "tta=0")).json()
        told["films"][0]["findings"][0]["spread"] = 0.25
        route.fulfill(json=told)

    page.route("**/api/v1/findings?tta=8", spread)
    page.check("#spread")
    browser.until(page, "document.getElementById('findings-body').innerText.includes('± 0.25')")


@in_browser
def test_a_file_that_is_surely_too_large_is_not_sent(open_page):
    page = open_page()
    browser.upload(page, browser.file("large.dcm", bytes(4_100_000)))
    expected = "large.dcm has 5 MB; this server takes at most 4 MB."
    assert expected in page.inner_text("#worklist")
    assert not any("/api/v1/findings" in url for url in page.asked)


@in_browser
def test_a_cleared_worklist_keeps_nothing(open_page):
    page = open_page()
    browser.upload(page, browser.file(), browser.file("b.png", pictures.png(5)))
    browser.first(page)
    page.click("#clear")
    assert page.locator("#worklist li").count() == 0
    assert page.is_visible("#empty")
    assert not page.is_visible("#findings")


COUNTED = """() => {
    const sent = window.fetch;
    let now = 0;
    window.most = 0;
    window.fetch = async (...asked) => {
        window.most = Math.max(window.most, ++now);
        try { return await sent(...asked); } finally { now -= 1; }
    };
}"""


@in_browser
def test_two_requests_at_most_are_under_way(open_page):
    page = open_page()
    page.evaluate(COUNTED)
    browser.upload(page, *(browser.file(f"{seed}.png", pictures.png(seed)) for seed in range(8)))
    assert page.evaluate("window.most") == 2


@in_browser
def test_a_busy_server_is_asked_again_and_then_named(open_page):
    page = open_page()
    left = [1]
    sentence = '{"detail": "The server is busy."}'

    def busy(route):
        if left and left.pop():
            route.fulfill(status=503, body=sentence, headers={"retry-after": "1"})
        else:
            route.continue_()

    page.route("**/api/v1/findings*", busy)
    browser.upload(page, browser.file())
    assert page.locator("#worklist .done").count() == 1
    page.route("**/api/v1/explanation*", lambda route: route.fulfill(status=422, body=sentence))
    page.click("#findings-body tr:last-child button")
    browser.until(page, "document.getElementById('status').innerText == 'The server is busy.'")


@in_browser
def test_about_this_model_names_it_and_links_to_its_report(open_page, live):
    page = open_page()
    page.click("#about-open")
    assert page.inner_text("#about-model dd") == live.service.bundle.name
    assert page.inner_text("#report") == "Report of the run"
    page.keyboard.press("Escape")
    assert not page.is_visible("#about")


SIZES = {"desktop": (1366, 768), "phone": (390, 844)}


@in_browser
@pytest.mark.parametrize(("width", "height"), SIZES.values(), ids=SIZES)
def test_the_image_is_large_first_and_whole_and_nothing_scrolls_sideways(open_page, width, height):
    page = open_page(width=width, height=height)
    browser.upload(page, browser.file())
    browser.first(page)
    frame = page.locator("#canvas").bounding_box()
    assert frame["width"] >= 0.6 * width
    assert frame["y"] + frame["height"] <= height
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@in_browser
def test_every_control_has_a_name(open_page):
    page = open_page()
    browser.upload(page, browser.file())
    browser.first(page)
    controls = page.locator("button:visible, input:visible, canvas[tabindex]")
    assert controls.count() > 15
    for control in controls.all():
        assert re.search(r' "\S', control.aria_snapshot()), control.evaluate("e => e.outerHTML")


@in_browser
def test_what_has_the_focus_is_seen(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    style = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(style) == "solid"


COLOURED = """async ([values, values256, signed, limit]) => {
    const { coloured } = await import("/static/colours.js");
    const map = { width: values.length, height: 1, values, values256, signed };
    const context = coloured(map, limit).getContext("2d");
    return [...context.getImageData(0, 0, values.length, 1).data];
}"""


@in_browser
@pytest.mark.parametrize("signed", [True, False])
def test_colours_over_the_image_are_those_of_the_panels(open_page, signed):
    levels = list(range(256))
    values = np.linspace(-1.0 if signed else 0.0, 1.0, 256)
    told = open_page().evaluate(COLOURED, [levels, values.tolist(), signed, 1.0])
    colours = np.reshape(told, (256, 4)).astype(float)
    image = np.full((1, 256), 110, np.uint8)
    alpha = colours[:, 3:] / 255
    over = image[0, :, None] * (1 - alpha) + colours[:, :3] * alpha
    expected = overlay(image, Heat("", "", signed, 1.0, values[None]))[0]
    np.testing.assert_allclose(over, expected, atol=8)


@in_browser
def test_labels_without_a_threshold_come_late_and_the_healthy_one_last(open_page):
    order = """async (findings) => {
        const { ordered } = await import("/static/concern.js");
        return ordered(findings, new Set(["well"])).map((each) => each.label);
    }"""
    findings = [
        {"label": label, "probability": probability, "threshold": threshold}
        for label, probability, threshold in (
            ("well", 0.9, 0.1),
            ("unknown", 0.8, None),
            ("low", 0.1, 0.4),
            ("zero", 0.01, 0),
            ("high", 0.3, 0.1),
        )
    ]
    assert open_page().evaluate(order, findings) == ["zero", "high", "low", "unknown", "well"]


@in_browser
def test_scales_end_at_round_numbers(open_page):
    limits = """async (values) => {
        const { roundLimit } = await import("/static/colours.js");
        return values.map(roundLimit);
    }"""
    told = open_page().evaluate(limits, [0, 0.37, 0.5, 0.51, 1.2, 3e-4])
    assert told == pytest.approx([0, 0.5, 0.5, 1, 2, 5e-4])


@in_browser
def test_a_window_spreads_its_greys_from_black_to_white(open_page):
    shades = """async (view) => {
        const { shades } = await import("/static/pixels.js");
        return [...shades(view)];
    }"""
    shown = open_page().evaluate(shades, {"level": 100, "width": 50, "inverted": False})
    expected = np.clip((np.arange(256) - 75) / 50 * 255, 0, 255)
    np.testing.assert_allclose(shown, expected, atol=0.51)
    turned = open_page().evaluate(shades, {"level": 100, "width": 50, "inverted": True})
    np.testing.assert_allclose(turned, 255 - expected, atol=0.51)


def drifted(page, shifted):
    """A page whose server answers that so many of its five quantities have changed."""
    known = [
        {
            "name": f"q{n}",
            "median": 1,
            "training_median": 2,
            "psi": 1,
            "ks": 0.1 * n,
            "shifted": n < shifted,
        }
        for n in range(5)
    ]
    answer = {"compared": True, "films": 60, "unlike": 1, "least": 50, "window": 500}
    told = answer | {"sentences": [], "quantities": known}
    page.route("**/api/v1/drift", lambda route: route.fulfill(json=told))
    browser.upload(page, browser.file())
    browser.until(page, "document.querySelectorAll('#drift-body tr').length == 5")
    return page.locator("#drift li").all_inner_texts()


@in_browser
def test_a_drift_is_one_sentence_with_the_most_changed_quantities_first(open_page):
    (sentence,) = drifted(open_page(), 5)
    assert sentence.startswith(
        "The last 60 images are unlike the training images in q4, q3, q2 and 2 more."
    )


@in_browser
def test_without_a_drift_there_is_no_warning(open_page):
    assert drifted(open_page(), 0) == []
