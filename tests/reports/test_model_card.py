import json
import re
from dataclasses import fields
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from escapes import visible
from pipelines import train
from pipelines.command_options import Train
from reports import model_card
from reports.model_card import CARD, code, escaped
from reports.report_figures import LabelFigures
from tests.bundles import SMALL

# Of Mitchell et al., Model Cards for Model Reporting (2019).
HEADINGS = [
    *("Model details", "Intended use", "Factors", "Metrics", "Evaluation data", "Training data"),
    *("Quantitative analyses", "Ethical considerations", "Caveats and recommendations"),
]


@pytest.fixture(scope="module")
def trained(place, tmp_path_factory):
    """What `train` found, the bundle's folder, and the card in it."""
    folder = tmp_path_factory.mktemp("trained") / "bundle"
    options = {"classifier": "logistic", "extractors": "orb_words", "set": SMALL}
    options["task"] = "multilabel"
    places = {"data": place / "films", "cache": place / "cache", "out": folder}
    result = train.run(Train(**options, **places))
    return result.values, folder, (folder / CARD).read_text()


def row(card, name):
    # Another table may follow, on abstaining.
    line, *_ = re.findall(rf"^\| {name} \| (.*) \|$", card, re.MULTILINE)
    return line.split(" | ")


def test_the_headings_are_those_of_model_cards(trained):
    assert re.findall(r"^## (.*)$", trained[2], re.MULTILINE) == HEADINGS


def test_nothing_is_left_to_fill_in(trained):
    assert "$" not in trained[2]
    assert "None" not in trained[2]


def test_figures_are_those_that_train_found(trained):
    values, _, card = trained
    shown = values["models"]["logistic"]
    assert row(card, r"macro AUC, over 2 of 2 labels") == [
        rf"{shown['macro_auc']:.3f} [no interval]"
    ]
    floor = f"{values['floors']['micro_no_skill']:.3f}"
    assert row(
        card, r"micro AUC of the prevalence-only baseline \(prevalences of training images\)"
    ) == [floor]


def test_figures_of_few_test_patients_have_a_reason_in_place_of_an_interval(trained):
    values, _, card = trained
    (note,) = (note for note in values["notes"] if note.startswith("no interval"))
    assert note == (
        "no interval or test for macro AUC, micro AUC, sick, well: each image counts as one"
        " patient, which makes 12; at least 20 are needed"
    )
    assert f"\n- {note}\n" in card


def test_every_label_has_its_counts_and_its_threshold(trained):
    _, folder, card = trained
    shown = json.loads((folder / "bundle.json").read_text())
    # Of 60 images half are sick, and seven tenths are training images.
    for label, threshold in zip(shown["labels"], shown["thresholds"], strict=True):
        training, test, _, _, shown, *_ = row(card, label)
        assert (training, test) == ("21", "6")
        assert shown == f"{threshold:.3f}"


def test_what_it_looks_at_and_was_made_with_is_shown(trained):
    _, folder, card = trained
    shown = json.loads((folder / "bundle.json").read_text())
    assert "`orb_words` (words)" in card
    assert f"sklearn {shown['versions']['sklearn']}" in card


def test_it_does_not_claim_that_unknown_patients_were_kept_apart(trained):
    assert "have training images is not known (one patient per image)" in trained[2]
    assert "intervals from resampling images." in trained[2]


@pytest.mark.parametrize(
    ("known", "limits"), [("the label table", ""), ("file names", ", which may be wrong")]
)
def test_it_says_from_where_patients_are_known(known, limits):
    shown = model_card.patients_apart(known)
    assert shown == f"None of their patients has training images (patients: {known}{limits})."


def test_it_says_what_it_is_not_for_and_how_to_repeat_it(trained):
    assert "**Research use only.**" in trained[2]
    assert "To repeat it: `python cli.py train --data" in trained[2]


def test_a_hostile_label_is_one_cell_that_shows_it():
    name = "a|b<script>`*\x1b\n# c"
    figures = {key: 0.5 for key in ("auc", "average_precision", "threshold", "recall", "precision")}
    others = dict.fromkeys(item.name for item in fields(LabelFigures))
    row = LabelFigures(**others | figures | {"positives": 3, "auc_ci": [0.4, 0.6]})
    (line,) = model_card.label_rows({name: row}, {name: 7})
    assert len(line.splitlines()) == 1
    cells = re.split(r"(?<!\\)\|", line)
    assert len(cells) == 8 + 2
    assert cells[1].strip() == r"a\|b\<script\>\`\*\\x1b\\x0a# c"


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
    html = READER.render(f"| x | y |\n|---|---|\n| {escaped(name)} | 1 |\n")
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
    item = READER.render(f"- {escaped(name)}\n")
    assert set(re.findall("<[^>]*>", item)) == {"<ul>", "</ul>", "<li>", "</li>"}
    assert words(item).strip() == plain(name)
    assert words(READER.render(f"# Of {escaped(name)}\n")).strip() == f"Of {plain(name)}"


@given(NAMES.filter(lambda name: visible(name).strip()))
def test_any_value_is_code_that_shows_it(value):
    html = READER.render(f"Type {code(value)} now\n")
    assert html.startswith("<p>Type <code>")
    assert words(html) == f"Type {visible(value)} now\n"


def test_plain_names_stay_readable():
    for name in ("No Finding", "dense_sift_fisher", "age 20 to 60, median 41", "a - b.", "3.5"):
        assert escaped(name) == name
    assert code("python cli.py train") == "`python cli.py train`"


@pytest.mark.parametrize("name", ["http://127.0.0.1/x", "https://a.b", "www.example.org"])
def test_an_address_is_not_left_as_code_hosts_find_links(name):
    assert not re.search(r"\w://|www\.", escaped(name))
