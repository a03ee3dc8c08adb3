import base64
import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from matplotlib.figure import Figure

from reports import report_page
from reports.plots.plotting import inline
from reports.report_plots import Picture
from reports.report_tree import Report
from tests import browser
from tests.reports.comparisons import values

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
EVIL = '<script>alert("x")</script>&'
EMPTY = {"meta", "img", "br", "link", "wbr"}


class Page(HTMLParser):
    """Elements of a page in their order, and whether every one is closed where it must be."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.open, self.text = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def pictures(tmp_path):
    return [Picture([tmp_path / "p.png"], "What it shows", 'Its "figures"', drawn('Its "figures"'))]


def drawn(alt):
    figure = Figure()
    figure.text(0, 0, f"n{EVIL}")
    return inline(figure, "p", alt)


def test_the_first_sentence_is_the_answer(pictures):
    told, _, _ = values()
    html = report_page.page(Report.of(told), pictures)
    answer = re.search(r'<p class="answer">(.*?)</p>', html)[1]
    assert answer.startswith("Using vague in place of sharp lowers macro AUC by 0.")


def test_networks_are_shown_with_weights_and_digest(pictures):
    told, _, _ = values()
    told["backbones"] = [{"name": "keras_file", "weights": "<net>.keras", "digest": "ab12"}]
    shown = "keras_file, weights &lt;net&gt;.keras (SHA-256 ab12)"
    assert f"<dt>Networks</dt><dd>{shown}</dd>" in report_page.page(Report.of(told), pictures)


def test_pictures_are_inside_and_the_page_asks_for_nothing_else(pictures):
    told, _, _ = values()
    page = Page(report_page.page(Report.of(told), pictures))
    (image,) = page.all("svg")
    assert (image["role"], image["aria-label"]) == ("img", 'Its "figures"')
    assert page.all("script") == [{}]
    assert not page.all("link")
    assert all(link["href"].startswith("#") for link in page.all("a"))


def test_every_element_is_closed_and_headings_descend_by_one(pictures):
    told, _, _ = values()
    page = Page(report_page.page(Report.of(told), pictures))
    assert page.open == []
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_reader_may_skip_to_the_figures(pictures):
    page = Page(report_page.page(Report.of(values()[0]), pictures))
    assert page.all("a")[0]["href"] == f"#{page.all('main')[0]['id']}"
    assert page.all("html")[0]["lang"] == "en"


def test_no_name_becomes_markup(pictures):
    told, _, _ = values((f"a{EVIL}", f"b{EVIL}"), label_names=(f"c{EVIL}", f"d{EVIL}", f"e{EVIL}"))
    told["data"] |= {"source": f"f{EVIL}", "notes": [f"g{EVIL}"], "patients_from": EVIL}
    told |= {"command": f"h{EVIL}", "files": {f"i{EVIL}": f"j{EVIL}"}, "versions": {EVIL: EVIL}}
    told["split"]["name"] = f"k{EVIL}"
    page = Page(
        report_page.page(
            Report.of(told),
            [pictures[0]._replace(caption=f"l{EVIL}", svg=drawn(f'm">{EVIL}'))],
        )
    )
    assert page.all("script") == [{}]
    assert page.all("svg")[0]["aria-label"] == f'm">{EVIL}'
    for letter in "abcdefghijkln":
        assert f"{letter}{EVIL}" in page.text


def test_a_flagged_gap_is_listed_before_the_tables(pictures):
    told, _, _ = values(("sharp",))
    told["subgroups"]["sharp"]["sex"]["gaps"]["Edema"] = {
        **{"high": "F", "low": "M", "gap": 0.2, "ci": [0.1, 0.3]},
        **{"ci_missing": None, "flagged": True},
    }
    html = report_page.page(Report.of(told), pictures)
    assert "Flagged gaps in AUC: 1." in html
    assert "<li>sharp, Edema: F above M by 0.200 [0.100, 0.300]</li>" in html


def test_without_groups_there_is_no_section_of_them(pictures):
    assert "Groups of patients" not in report_page.page(
        Report.of(values(subgroups={})[0]), pictures
    )


def test_synthetic_images_are_called_so_in_the_title(pictures):
    html = report_page.page(Report.of(values(synthetic=True)[0]), pictures)
    assert "(synthetic images)</title>" in html


@pytest.mark.slow
@browser.needed
def test_a_phone_shows_the_page_without_scrolling_sideways(pictures, tmp_path):
    page = report_page.write(Report.of(values()[0]), pictures, tmp_path / "report.html")
    frame = tmp_path / "phone.html"
    # An iframe: no window of a headless browser is as narrow as a phone.
    frame.write_text(
        f'<iframe id="phone" src="{page.name}" width="360" height="800"></iframe><script>'
        "onload = () => { const page = phone.contentDocument.documentElement;"
        " document.title = JSON.stringify([page.scrollWidth, page.clientWidth]); }</script>"
    )
    dom = browser.dumped(frame, tmp_path / "profile", "--allow-file-access-from-files")
    wide, shown = json.loads(re.search(r"<title>(.*?)</title>", dom)[1])
    assert 300 < wide <= shown


@pytest.mark.slow
@browser.needed
def test_a_label_that_is_an_image_elsewhere_is_shown_as_text_and_asked_for_by_nobody(
    pictures, tmp_path
):
    with browser.listener() as (address, asked):
        name = f"<img src={address}/x>"
        told, _, _ = values(label_names=(name, "Mass", "Edema"))
        page = report_page.write(Report.of(told), pictures, tmp_path / "report.html")
        dom = browser.dumped(page, tmp_path / "profile")
    assert asked == []
    shown = Page(dom)
    assert name in shown.text
    assert (len(shown.all("svg")), shown.all("img")) == (1, [])
