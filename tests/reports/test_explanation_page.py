import pytest

from reports import explanation_page
from reports.explanation_files import SavedPanel
from tests import explanations
from tests.reports.test_report_page import EVIL, PIXEL, Page

SHARES = {"all panels": {"net": 0.25, "sift": 0.75}, "Mass": {"net": 0.25, "sift": 0.75}}


@pytest.fixture
def values():
    told = {"classifier": "dual_input", "trained_on": "films", "split": "mine", "source": EVIL}
    places = {"bundle": "runs/bundle", "command": f"python cli.py explain {EVIL}", "rule": "rule"}
    images = [{"id": "a.png", "decisions": [{}, {}]}, {"id": "b.png", "decisions": [{}]}]
    figures = {"shares": SHARES, "net_credit": {"all panels": {"net": 1.5, "sift": 0.0}}}
    return (
        told
        | places
        | figures
        | {
            "films": images,
            "skipped": {"c.png": "damaged"},
            "synthetic": False,
            "order": "",
            "notes": [],
        }
    )


@pytest.fixture
def html(values):
    names = ["a.png", "a.png", EVIL]
    drawn = [SavedPanel(explanations.decision("Mass", image), None, PIXEL) for image in names]
    return explanation_page.page(values, drawn, {"shares": [PIXEL], "sheets": [PIXEL, PIXEL]})


def test_the_answer_says_what_decisions_came_from_the_largest_first(values):
    told = explanation_page.answer(values)
    assert told == (
        "Of the attribution in 3 predictions on 2 images, 75 % comes from sift,"
        " 25 % comes from net."
    )
    assert "on 2 synthetic images, 75 %" in explanation_page.answer(values | {"synthetic": True})


def test_the_page_names_what_has_weight_0(values):
    notes = [
        "shares of members: cnn 1.00, xgboost 0.00",
        "visual words have weight 0 in this model",
    ]
    told = explanation_page.described(values | {"notes": notes})
    assert "Shares of members: cnn 1.00, xgboost 0.00. Visual words have weight 0 in this" in told


def test_the_page_says_which_images_come_first(values):
    told = explanation_page.described(values)
    assert told.endswith("Bundle: runs/bundle.")
    assert explanation_page.described(values | {"order": "Worst first."}) == f"{told} Worst first."


def test_pictures_are_inside_with_words_for_those_who_do_not_see_them(html):
    pictures = Page(html).all("img")
    assert len(pictures) == 6
    assert all(each["src"].startswith("data:image/webp;base64,") for each in pictures)
    panel = pictures[-2]["alt"]
    for told in ("Mass on a.png", "threshold 0.500: called present", "sift 2.00", "bias −0.50"):
        assert told in panel


def test_the_page_asks_for_nothing_else_and_runs_one_script(html):
    shown = Page(html)
    assert not shown.open
    assert shown.all("script") == [{}]
    assert not shown.all("link")
    assert EVIL not in html


def test_an_image_has_its_panels_under_one_heading(html):
    assert html.count("<h3>a.png</h3>") == 1
    assert html.count("<h3>") == 2


def test_shares_skipped_images_purpose_and_command_are_shown(html):
    text = Page(html).text
    for told in ("75.0", "1.50", "c.png: damaged", "Research use only", "python cli.py explain"):
        assert told in text
