from dataclasses import replace

import numpy as np
import pytest

from reports import corrected_labels
from reports.report_tree import Report
from tests.reports.comparisons import values
from tests.reports.test_report_page import Page


@pytest.fixture
def report():
    """Two labels of Edema and one of Hernia were corrected; the figures are those of before."""
    told, after, _ = values()
    made = Report.of(told)
    labels = after.labels.copy()
    labels[:2, 0], labels[5, 1] = 1 - labels[:2, 0], np.nan
    before = replace(after, labels=labels)
    found = corrected_labels.of(made.evaluated, before, after)
    return replace(made, corrected_labels=found)


def test_labels_that_were_corrected_are_counted(report):
    assert report.corrected_labels.changed == {"Edema": 2, "Hernia": 1}


def test_a_caution_says_that_corrections_may_favour_models(report):
    (caution,) = corrected_labels.caution(report.corrected_labels)
    assert caution.startswith("3 labels were corrected. If only labels")
    assert corrected_labels.caution(replace(report.corrected_labels, changed={})) == []


def test_both_answers_are_side_by_side(report):
    rows = corrected_labels.lines(report)
    assert rows[0] == ("macro AUC", "original labels", "corrected labels")
    assert [name for name, *_ in rows[1:]] == ["sharp", "vague", "vague − sharp", ""]
    # The figures of before are those of now.
    assert all(before == after for _, before, after in rows[1:])


def test_without_corrections_there_is_nothing(report):
    report = replace(report, corrected_labels=None)
    assert (corrected_labels.section(report), corrected_labels.lines(report)) == ("", [])


def test_the_section_says_that_predictions_are_the_same(report):
    page = Page(corrected_labels.section(report))
    assert "Corrected labels of the evaluated images: Edema 2, Hernia 1." in page.text
    assert "Original and corrected labels" in page.text
