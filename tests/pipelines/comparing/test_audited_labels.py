from dataclasses import replace

import pandas as pd
import pytest

from pipelines.command_options import Score
from pipelines.comparing import audited_labels
from pipelines.comparing.comparison_run import ComparisonRun
from reports.report_tree import Report
from tests import fakes
from tests.reports import comparisons


@pytest.fixture
def report():
    return Report.of(comparisons.values()[0])


def audited(report, tmp_path, **changes):
    _, truth, scores = comparisons.values()
    images = fakes.images(truth.labels, label_names=truth.label_names)
    options = Score(labels=tmp_path, scores=[], out=tmp_path, replicates=39, **changes)
    return audited_labels.audit(report, truth, scores, images, options)


def test_labels_are_audited_if_asked_for(report, tmp_path):
    audit, sheets = audited(report, tmp_path, audit=True)
    assert audit.models == ["sharp", "vague"]
    assert sheets == []
    assert len(pd.read_csv(tmp_path / "audit" / "suspects.csv")) == audit.listed


def test_otherwise_nothing_is_written(report, tmp_path):
    assert audited(report, tmp_path) == (None, [])
    assert [*tmp_path.iterdir()] == []


def test_controls_have_no_say(report, tmp_path):
    told, *_ = comparisons.values()
    told["models"]["sharp"] |= comparisons.TRAINED | {"control": True}
    audit, _ = audited(Report.of(told), tmp_path, audit=True)
    assert audit.models == ["vague"]


def test_without_corrections_there_is_no_other_answer(report):
    run = ComparisonRun([], None, {}, [], Score(labels=None, scores=[]))
    assert audited_labels.before_corrections(run, "image") is None
    assert audited_labels.of_run(report, None, None, [], None) is report


def test_both_answers_come_with_a_caution(report):
    _, after, _ = comparisons.values()
    labels = after.labels.copy()
    labels[0] = 1 - labels[0]
    before = replace(after, labels=labels)
    found = audited_labels.with_original(report, report.evaluated, before, after)
    assert sum(found.corrected_labels.changed.values()) == 3
    assert found.cautions[-1].startswith("3 labels were corrected")
