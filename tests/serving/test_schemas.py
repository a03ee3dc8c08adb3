from dataclasses import fields

from inference.predictions import Finding
from serving.schemas import REFUSALS, LabelFinding, only


def test_programs_are_told_all_of_a_finding():
    # `serve` does not abstain, and has no answers.
    told = [item.name for item in fields(Finding) if item.name != "answer"]
    assert list(LabelFinding.model_fields) == told


def test_some_refusals_are_those_of_all():
    assert only(401, 503) == {401: REFUSALS[401], 503: REFUSALS[503]}
