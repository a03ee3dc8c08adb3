from dataclasses import replace

from reports import audit_html
from reports.audit_figures import Audit, ErrorRate, SuspectImage
from tests.reports.test_report_page import EVIL, Page

RATE = ErrorRate(1000, 0.031, [0.02, 0.045], None, 12.0, 19.0)
ONE_KIND = ErrorRate(1000, None, None, "no patient has it", None, None)
FIRST = SuspectImage("film7", 0.02, "Mass", 1, 0.01)
AUDIT = Audit(["cnn", EVIL], 500, 40, RATE, {"Mass": RATE, "Gout": ONE_KIND}, [FIRST])


def test_the_sentence_counts_what_to_look_at_and_what_is_expected_to_be_wrong():
    assert audit_html.sentence(AUDIT) == (
        "audit/suspects.csv lists the 40 most suspect labels of 500 images to look at again."
        " Confident learning expects 3.1 % [2.0, 4.5] of 1,000 labels to be wrong, which is too"
        " many where models are weak."
    )


def test_without_an_audit_there_is_no_section():
    assert audit_html.audit(None) == ""


def test_the_section_has_rates_images_and_why_figures_are_missing():
    page = Page(audit_html.audit(AUDIT))
    assert "3.1 % [2.0, 4.5]" in page.text
    assert "film7" in page.text
    assert "No interval or test for Gout: no patient has it." in page.text
    assert EVIL in page.text


def test_why_there_is_no_contact_sheet_is_said():
    html = audit_html.audit(replace(AUDIT, no_pictures="no image files are at hand"))
    assert "There is no contact sheet: no image files are at hand." in html
