import json
from pathlib import Path

from reports.report_tree import Report
from tests.reports.comparisons import values

# Of a comparison on the synthetic images when the report was still a dict, with fewer labels.
FIXTURE = Path(__file__).parents[1] / "fixtures" / "report.json"


def test_a_report_json_of_before_is_read_and_written_byte_for_byte():
    text = FIXTURE.read_text(encoding="utf-8")
    assert json.dumps(Report.of(json.loads(text)).as_json(), indent=1) == text


def test_the_values_that_evaluation_gives_are_all_kept():
    written, _, _ = values()
    for figures in written["models"].values():
        figures["fit_seconds"] = None
    assert Report.of(written).as_json() == written


def test_controls_can_be_left_out():
    report = Report.of(json.loads(FIXTURE.read_text(encoding="utf-8")))
    controls = [name for name, figures in report.models.items() if figures.is_control]
    assert controls
    shown = report.without_controls()
    assert not set(controls) & (set(shown.models) | set(shown.subgroups))
    assert not set(controls) & {each.model for each in shown.comparisons}
