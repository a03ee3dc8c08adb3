from urllib.request import urlopen

from pipelines import pages


def test_sections_of_nothing_are_left_out_and_titles_escaped():
    html = pages.page("<verdict>", True, "<p>why</p>", {"Models": "<p>cnn</p>", "Skipped": ""})
    assert "<h1>&lt;verdict&gt; (synthetic films)</h1>" in html
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
