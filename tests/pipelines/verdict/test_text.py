from pipelines.verdict import text
from tests.pipelines.verdicts import verdict


def test_cells_stand_in_columns():
    assert text.aligned([("a", "10"), ("long", "9")]) == ["a     10", "long   9"]


def test_the_answer_comes_first_and_the_floor_stands_beside_micro():
    report, _, _ = verdict()
    lines = text.lines(report)
    assert lines[0].startswith("Using vague in place of sharp lowered macro AUC")
    floor = f"no skill {report['floors']['micro_no_skill']:.4f}"
    assert any("micro AUC" in line and floor in line for line in lines)


def test_a_label_with_one_class_has_a_dash_and_no_positives():
    report, _, _ = verdict()
    (line,) = (line for line in text.lines(report) if line.startswith("Never"))
    assert line.split() == ["Never", "0", "–", "–"]


def test_one_model_has_no_differences():
    report, _, _ = verdict(("sharp",))
    assert not any(line.startswith("difference") for line in text.lines(report))
