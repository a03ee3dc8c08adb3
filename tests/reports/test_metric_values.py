import pytest

from reports.report_tree import Report
from tests.reports.comparisons import values


@pytest.mark.parametrize("key", ["metrics", "net_benefit"])
def test_metrics_and_decision_curves_are_read_and_written_as_they_are(key):
    written, *_ = values()
    again = Report.of(written).as_json()
    for name, figures in written["models"].items():
        assert again["models"][name][key] == figures[key]
    assert again["comparisons"][0][key] == written["comparisons"][0][key]


def test_a_report_from_before_there_were_metrics_is_read():
    written, *_ = values()
    for each in (*written["models"].values(), *written["comparisons"]):
        del each["metrics"], each["net_benefit"]
    report = Report.of(written)
    assert report.models["sharp"].metrics is None
    assert "metrics" not in report.as_json()["models"]["sharp"]
