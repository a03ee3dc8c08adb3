import re

from serving import card_page

CARD = """# Model card: <cnn>

**Research use only.**

## Model details

- Classifier: `cnn`

## Quantitative analyses

| label | AUC |
|---|---|
| Mass | 0.7 |
| ![x](http://elsewhere/x.png) [y](http://elsewhere) <http://elsewhere> <script> | 0.5 |
"""


def test_headings_lists_and_tables_are_those_of_the_card():
    html = card_page.page(CARD)
    assert re.findall("<h[12].*?>(.*?)</h", html) == [
        "Model card: &lt;cnn&gt;",
        "Model details",
        "Quantitative analyses",
    ]
    assert "<strong>Research use only.</strong>" in html
    assert "<li>Classifier: <code>cnn</code></li>" in html
    assert "<td>Mass</td>\n<td>0.7</td>" in html


def test_names_become_neither_markup_nor_links():
    html = card_page.page(CARD)
    assert "&lt;script&gt;" in html
    assert not re.search("<(script|img)|href=.http", html)


def test_tables_scroll_by_themselves():
    assert len(re.findall('class="scroll"[^>]*>\n<table>', card_page.page(CARD))) == 1


def test_a_text_without_headings_is_shown_whole():
    html = card_page.page("one\ntwo")
    assert "<h1>one</h1>" in html
    assert "<p>two</p>" in html


def test_escapes_of_names_are_read_in_the_title_and_in_cells():
    text = r"# Model card: cnn on a\_\<b\>\|c" + "\n\n## A\n\n| x |\n|---|\n" + r"| a\|b\<i\> |"
    html = card_page.page(text)
    assert "<h1>Model card: cnn on a_&lt;b&gt;|c</h1>" in html
    assert "<td>a|b&lt;i&gt;</td>" in html
