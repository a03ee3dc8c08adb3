import re

from pipelines.verdict import text
from tests.pipelines.verdicts import METADATA, verdict


def test_cells_stand_in_columns():
    assert text.aligned([("a", "10"), ("long", "9")]) == ["a     10", "long   9"]


def test_the_answer_comes_first():
    report, _, _ = verdict()
    assert text.lines(report)[0].startswith("Using vague in place of sharp lowered macro AUC")


def test_all_floors_stand_below_the_models():
    report, _, _ = verdict()
    report["floors"]["metadata"] = METADATA
    lines = text.lines(report)
    (last,) = (place for place, line in enumerate(lines) if line.startswith("vague  "))
    no_skill, known = (re.split("  +", line) for line in lines[last + 1 : last + 3])
    name = "floor: no skill, prevalences of films judged"
    assert no_skill == [name, "0.5000", f"{report['floors']['micro_no_skill']:.4f}"]
    told = ["0.6000 [0.5000, 0.7000]", "0.8000 [0.7500, 0.8500]"]
    assert known == ["floor: age, sex and view alone", *told]


def test_a_label_with_one_class_has_a_dash_and_no_positives():
    report, _, _ = verdict()
    (line,) = (line for line in text.lines(report) if line.startswith("Never"))
    assert line.split() == ["Never", "0", "–", "–"]


def test_one_model_has_no_differences():
    report, _, _ = verdict(("sharp",))
    assert not any(line.startswith("difference") for line in text.lines(report))
