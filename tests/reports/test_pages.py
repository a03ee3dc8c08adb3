import re
from urllib.request import urlopen

import pytest

from escapes import visible_lines
from reports import pages
from tests import browser


def test_sections_of_nothing_are_left_out_and_titles_escaped():
    html = pages.page("<report>", True, "<p>why</p>", {"Models": "<p>cnn</p>", "Skipped": ""})
    assert "<h1>&lt;report&gt; (synthetic images)</h1>" in html
    assert "<h2>Models</h2>\n<p>cnn</p>" in html
    assert "Skipped" not in html


def test_styles_of_a_page_follow_those_of_all(tmp_path):
    (tmp_path / "own.css").write_text(".mine {}")
    html = pages.page("t", False, "", {}, tmp_path / "own.css")
    assert html.index("body {") < html.index(".mine {}") < html.index("</style>")


def test_a_list_of_nothing_is_nothing_and_sentences_are_escaped():
    assert pages.items([]) == ""
    assert pages.items(["a < b"]) == "<ul>\n<li>a &lt; b</li>\n</ul>\n"


def test_data_inside_a_page_have_an_address_that_holds_them():
    with urlopen(pages.inside("text/plain", b"a < b")) as answer:
        assert (answer.read(), answer.headers["content-type"]) == (b"a < b", "text/plain")


def test_a_page_may_load_nothing_and_run_nothing():
    html = pages.page("t", False, "", {})
    (policy,) = re.findall('<meta http-equiv="Content-Security-Policy" content="(.*?)">', html)
    told = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert told == {
        **{"default-src": "'none'", "img-src": "data:", "style-src": "'unsafe-inline'"},
        **{"base-uri": "'none'", "form-action": "'none'"},
    }
    # What comes before the policy is not bound by it.
    assert html.index("Content-Security-Policy") < html.index("<style")
    assert "<script" not in html


def test_characters_that_are_not_seen_are_shown_on_every_page():
    html = pages.page("a\x1b", False, "<p>b\u202e</p>", {"M": "<p>c\x9b\x00</p>"})
    assert visible_lines(html) == html
    assert r"<h1>a\x1b</h1>" in html
    assert r"<p>b\u202e</p>" in html
    assert r"<p>c\x9b\x00</p>" in html


@pytest.mark.slow
@browser.needed
def test_even_markup_that_slipped_in_loads_and_runs_nothing(tmp_path):
    with browser.listener() as (address, asked):
        slipped = (
            f"<img src={address}/x><script src={address}/s></script>"
            f"<iframe src={address}/f></iframe>"
            f"<link rel=stylesheet href={address}/c><script>document.title = 'ran'</script>"
            "<img src=data:, onerror=\"document.title = 'ran'\">"
        )
        html = pages.page("quiet", False, slipped, {})
        doms = []
        for text in (html, html.replace(pages.POLICY, "")):
            (tmp_path / "page.html").write_text(text)
            doms.append(browser.dumped(tmp_path / "page.html", tmp_path / "profile"))
            if text is html:
                assert asked == []
    assert "<title>quiet</title>" in doms[0]
    # Without the policy all of it would have been loaded and run.
    assert "<title>ran</title>" in doms[1]
    assert {"/x", "/s", "/c", "/f"} <= set(asked)
