from reports.report_tree import Report
from tests.reports import external


def test_what_is_written_can_be_read_again():
    report = external.report()
    written = report.as_json()
    assert Report.of(written) == report
    assert {"drop", "gain_difference", "models", "comparisons", "films"} <= {
        *written["external"]["B"]
    }


def test_a_report_without_external_data_sets_has_no_key_for_them():
    assert "external" not in external.report(external=None).as_json()


def test_a_pair_of_models_has_a_name():
    assert external.site().gain_difference[0].name == "vague − sharp"
