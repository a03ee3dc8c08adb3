from reports.failure_figures import Disagreement, Failures, GroupCalls, LabelAgreement, WrongCall
from reports.json_trees import as_json, from_json

GROUP = GroupCalls(10, 5, 20, 0.1, [0.0, 0.2], 0.2, [0.1, 0.3], -0.1, [-0.2, 0.0], None)
DIFFER = Disagreement("dual", "cnn", {"Mass": LabelAgreement(5, 3, 1, 0.6, 1, None)}, {})


def test_failures_are_the_same_after_they_were_json():
    both = Disagreement("dual", "cnn", DIFFER.labels, {"sex": {"F": GROUP}})
    found = Failures("dual", [WrongCall("film0", "Mass", 0, 0.9, None)], [both])
    assert from_json(Failures, as_json(found)) == found
    assert as_json(found)["wrong_calls"][0]["film"] == "film0"


def test_two_models_are_named_together():
    assert DIFFER.name == "dual and cnn"
