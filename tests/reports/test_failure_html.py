from dataclasses import replace

from reports.failure_figures import Failures, WrongCall
from reports.failure_html import failures
from tests.reports.test_failure_figures import DIFFER, GROUP
from tests.reports.test_report_page import EVIL, Page

CALL = WrongCall("film0", EVIL, 0, 0.912, 0.25)
FOUND = Failures("dual", [CALL], [replace(DIFFER, groups={"sex": {"F": GROUP}})])


def test_without_any_wrong_call_there_is_no_section():
    assert failures(None) == failures(Failures("dual", [], [])) == ""


def test_calls_have_what_the_table_says_and_the_probability():
    page = Page(failures(FOUND))
    assert "film0" in page.text
    assert "0.912" in page.text
    assert EVIL in page.text


def test_who_is_right_is_counted_by_label_and_by_group():
    text = Page(failures(FOUND)).text
    assert "Only dual" in text
    assert "0.100 [0.000, 0.200]" in text
    assert "−0.100 [−0.200, 0.000]" in text
    assert "share of wrong decisions by sex" in text


def test_the_reason_why_there_are_no_pictures_is_said():
    html = failures(replace(FOUND, no_pictures="no image files are at hand"))
    assert "There are no pictures: no image files are at hand." in html
