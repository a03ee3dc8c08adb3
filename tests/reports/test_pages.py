import base64
import hashlib
import re
from urllib.request import urlopen

import pytest

from escapes import visible_lines
from reports import pages
from tests import browser


def test_sections_of_nothing_are_left_out_and_titles_escaped():
    html = pages.page("<report>", True, "<p>why</p>", {"Models": "<p>cnn</p>", "Skipped": ""})
    assert "<h1>&lt;report&gt; (synthetic images)</h1>" in html
    assert '<h2 id="models">Models</h2>\n<p>cnn</p>' in html
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
        **{"default-src": "'none'", "script-src": pages.SCRIPT_SOURCE, "img-src": "data:"},
        "style-src": "'unsafe-inline'",
        **{"base-uri": "'none'", "form-action": "'none'"},
    }
    # What comes before the policy is not bound by it.
    assert html.index("Content-Security-Policy") < html.index("<style")
    assert "<script" not in html


def test_the_one_script_that_runs_is_the_one_whose_digest_the_policy_has():
    html = pages.page("t", False, "", {"Folded": pages.folded("a", "b")})
    (script,) = re.findall("<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in html


def test_contents_link_to_every_section_of_a_page_with_several():
    sections = {"Models": "<p>a</p>", "Images and labels": "<p>b</p>", "Empty": "", "C": "<p>c</p>"}
    html = pages.page("t", False, "", sections)
    links = re.findall('<a href="#(.*?)">(.*?)</a>', html.partition("<nav")[2])
    assert links == re.findall('<h2 id="(.*?)">(.*?)</h2>', html)
    assert [name for _, name in links] == ["Models", "Images and labels", "C"]
    assert "<nav" not in pages.page("t", False, "", {"Models": "<p>a</p>"})


def test_what_is_folded_stands_under_its_title_and_nothing_has_none():
    assert pages.folded("a < b", "<p>c</p>") == (
        "<details>\n<summary>a &lt; b</summary>\n<p>c</p></details>\n"
    )
    assert pages.folded("a", "") == ""


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize(
    ("text", "ground"),
    [(text, ground) for text in ("ink", "soft", "link") for ground in ("page", "tint")]
    + [("ink", "warn"), ("mark", "warn")],
)
def test_text_of_both_themes_has_the_contrast_that_wcag_asks_for(theme, text, ground):
    rules = re.findall(r":root \{(.*?)\}", pages.STYLE.read_text(), re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#\w{6})", rules[theme]))
    light, dark = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


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
        html = pages.page("quiet", False, slipped, {"Folded": pages.folded("a", "b")})
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
