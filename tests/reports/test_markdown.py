import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from escapes import visible
from reports.markdown import code, text

# As code hosts read it: raw HTML, links, tables and strikethrough.
READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = [
    *("a|b<script>alert(1)</script>", "<img src=http://127.0.0.1/x>", "![x](http://a/b)", "[a](b)"),
    *("**b** _c_ __d__ *e", "~~x~~", "`code` ``", "\\|", "a\\", "&lt;b&gt; &amp;", "# h", "- item"),
    *("1. one", "2) two", "+ x", "> q", "=== ", "---", "a\n\n# b", "x\x1b[2J\u202e", "<!-- c", "#"),
    *("http://127.0.0.1/x", "www.example.org", "<http://a>", "$x$ $$y$$", ":smile:", "[^1]", "a #"),
    *("dense_sift_fisher", "_a_", "    four blanks", "| | |", "[x]: http://a", "{{x}}", "]]>"),
]
NAMES = st.one_of(
    st.text(alphabet=st.sampled_from("|\\`*_[]<>&~$#-+=1.):/!\n ab\"'"), max_size=20),
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
)


def words(html):
    """The text of HTML without any tag."""
    return unescape(re.sub("<[^>]*>", "", html))


def plain(name):
    # Readers join blanks of any number to one.
    return " ".join(visible(name).split(" ")).strip()


def cells(name):
    html = READER.render(f"| x | y |\n|---|---|\n| {text(name)} | 1 |\n")
    return re.findall("<td>(.*?)</td>", html)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_cell_that_shows_it(name):
    shown, one = cells(name)
    assert "<" not in shown
    assert (unescape(shown), one) == (plain(name), "1")


@given(NAMES)
def test_any_name_is_one_cell_that_shows_it(name):
    shown, one = cells(name)
    assert "<" not in shown
    assert (unescape(shown), one) == (plain(name), "1")


@given(NAMES.filter(plain))
def test_any_name_is_one_item_of_a_list_or_the_end_of_a_heading(name):
    item = READER.render(f"- {text(name)}\n")
    assert set(re.findall("<[^>]*>", item)) == {"<ul>", "</ul>", "<li>", "</li>"}
    assert words(item).strip() == plain(name)
    assert words(READER.render(f"# Of {text(name)}\n")).strip() == f"Of {plain(name)}"


@given(NAMES.filter(lambda name: visible(name).strip()))
def test_any_value_is_code_that_shows_it(value):
    html = READER.render(f"Type {code(value)} now\n")
    assert html.startswith("<p>Type <code>")
    assert words(html) == f"Type {visible(value)} now\n"


def test_plain_names_stay_readable():
    for name in ("No Finding", "dense_sift_fisher", "age 20 to 60, median 41", "a - b.", "3.5"):
        assert text(name) == name
    assert code("python cli.py train") == "`python cli.py train`"


@pytest.mark.parametrize("name", ["http://127.0.0.1/x", "https://a.b", "www.example.org"])
def test_an_address_is_not_left_as_code_hosts_find_links(name):
    assert not re.search(r"\w://|www\.", text(name))
