from reports.json_trees import as_json
from tests.reports import made_causes


def test_they_are_written_and_read_without_a_change():
    assert as_json(made_causes.causes()) == made_causes.VALUES
