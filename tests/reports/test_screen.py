import re

from reports import screen
from reports.report_tree import Report
from tests.reports.comparisons import METADATA, TRAINED, values


def test_cells_stand_in_columns():
    assert screen.aligned([("a", "10"), ("long", "9")]) == ["a     10", "long   9"]


def test_the_answer_comes_first():
    report, _, _ = values()
    assert screen.lines(Report.of(report))[0].startswith(
        "Using vague in place of sharp lowered macro AUC"
    )


def test_all_reference_baselines_stand_below_the_models():
    report, _, _ = values()
    report["floors"]["metadata"] = METADATA
    lines = screen.lines(Report.of(report))
    (last,) = (place for place, line in enumerate(lines) if line.startswith("vague  "))
    no_skill, known = (re.split("  +", line) for line in lines[last + 1 : last + 3])
    name = f"prevalence-only baseline (prevalences of {report['floors']['prevalences_of']})"
    assert no_skill == [name, "0.5000", f"{report['floors']['micro_no_skill']:.4f}"]
    told = ["0.6000 [0.5000, 0.7000]", "0.8000 [0.7500, 0.8500]"]
    assert known == ["metadata-only baseline (age, sex and view)", *told]


def test_a_label_with_one_class_has_a_dash_and_no_positives():
    report, _, _ = values()
    (line,) = (line for line in screen.lines(Report.of(report)) if line.startswith("Never"))
    assert line.split() == ["Never", "0", "–", "–"]


def test_the_macro_auc_of_each_seed_stands_beside_its_spread():
    report, _, _ = values(seed=7)
    assert not any("seed" in line for line in screen.lines(Report.of(report)))
    report["models"]["sharp"] |= TRAINED | {"macro_auc_by_seed": [0.9, 0.875, 0.91]}
    report["models"]["vague"] |= TRAINED | {"macro_auc_by_seed": [0.5, 0.5, 0.55]}
    lines = screen.lines(Report.of(report))
    (title,) = (place for place, line in enumerate(lines) if line.endswith("each training seed"))
    header, sharp, vague = (re.split("  +", line) for line in lines[title + 1 : title + 4])
    assert header == ["model", "seed 7", "seed 8", "seed 9", "highest − lowest"]
    assert sharp == ["sharp", "0.9000", "0.8750", "0.9100", "0.0350"]
    assert vague == ["vague", "0.5000", "0.5000", "0.5500", "0.0500"]


def test_one_model_has_no_differences():
    report, _, _ = values(("sharp",))
    assert not any(line.startswith("difference") for line in screen.lines(Report.of(report)))


def test_shares_of_members_and_cautions_are_shown():
    report, _, _ = values(cautions=["sharp gives visual words weight 0"])
    report["models"]["sharp"] |= TRAINED | {
        "member_shares": {"cnn": [1.0, 0.5], "xgboost": [0.0, 0.0]}
    }
    lines = screen.lines(Report.of(report))
    assert lines[1] == "caution: sharp gives visual words weight 0"
    (head,) = (place for place, line in enumerate(lines) if line.split()[1:2] == ["member"])
    told = [re.split("  +", line) for line in lines[head + 1 : head + 3]]
    assert told == [
        ["sharp", "cnn", "0.50 to 1.00"],
        ["sharp", "xgboost", "0.00"],
    ]
