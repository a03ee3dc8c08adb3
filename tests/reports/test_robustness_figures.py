from reports.json_trees import as_json, from_json
from reports.robustness_figures import Robustness
from tests.reports.test_robustness_section import made


def test_figures_are_read_as_they_were_written():
    assert from_json(Robustness, as_json(made())) == made()


def test_conditions_have_the_same_places_as_in_robustness_json():
    values = as_json(made())
    assert values["unchanged"]["sharp"]["figures"]["macro_auc"]["value"] == 0.75
    assert values["changed"]["noise"]["5"]["vague"]["figures"]["macro_auc"]["value"] == 0.7
    assert "difference" not in values["summary"]["sharp"]["noise"]
