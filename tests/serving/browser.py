"""A browser with the page open, as the page's tests use it."""

import shutil
from contextlib import contextmanager

import pytest

from tests.serving import pictures

CHROMIUM = shutil.which("chromium")
needed = pytest.mark.skipif(not CHROMIUM, reason="needs the browser chromium")
# What the page shows on its canvas, as one text.
PIXELS = "document.getElementById('canvas').toDataURL()"
REFUSED = "Failed to load resource"


@contextmanager
def started():
    """A browser, which lasts for many pages."""
    driver = pytest.importorskip("playwright.sync_api")
    with driver.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser, url, width=1366, height=768, **options):
    """The page, with what it asked for in `asked` and what went wrong in `errors`."""
    page = browser.new_page(viewport={"width": width, "height": height}, **options)
    page.set_default_timeout(20_000)
    page.asked, page.errors = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("dialog", lambda dialog: page.errors.append(dialog.message))
    page.on("console", lambda line: line.type == "error" and page.errors.append(line.text))
    page.goto(url)
    page.wait_for_selector(".empty .examples button")
    return page


def file(name="a.png", data=None):
    """A file as it is chosen in a browser."""
    return {"name": name, "mimeType": "", "buffer": pictures.png() if data is None else data}


def upload(page, *files):
    """Choose files, and wait until each has been read or refused."""
    page.set_input_files("#files", list(files))
    read(page, len(files))


def read(page, count):
    """Wait until so many files have been read or refused."""
    ended = "document.querySelectorAll('#worklist .done, #worklist .error').length"
    until(page, f"{ended} == {count} && !document.querySelector('#worklist .reading')")


def until(page, condition):
    """Wait for a condition; the page's policy forbids the driver's own way of doing so."""
    for _ in range(400):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(25)
    raise AssertionError(condition)


def explained(page, label):
    """Wait until the image and the evidence for a finding are there."""
    until(page, f"document.getElementById('canvas').ariaLabel.endsWith('evidence for {label}')")
    settled(page)


def first(page):
    """The most concerning finding, once its evidence is there."""
    label = page.inner_text("#findings-body tr:first-child button")
    explained(page, label)
    return label


def settled(page):
    """Wait until what was asked for is drawn."""
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def pixels(page):
    """The canvas as it is now."""
    settled(page)
    return page.evaluate(PIXELS)


def show_evidence(page, label, kind):
    """Choose a finding, and one sort of evidence for it."""
    page.click(f"#findings-body button:text-is('{label}')")
    explained(page, label)
    page.check(f"#overlays input[value='{kind}']")
    settled(page)


def mistakes(page):
    """What went wrong, apart from files that were refused."""
    return [error for error in page.errors if REFUSED not in error]
