import re

from reports import screen
from reports.report_tree import Report
from tests.reports.comparisons import METADATA, TRAINED, values


def test_the_answer_comes_first():
    report, _, _ = values()
    assert screen.lines(Report.of(report))[0].startswith(
        "Using vague in place of sharp lowers macro AUC"
    )


def test_all_reference_baselines_stand_below_the_models():
    report, _, _ = values()
    report["floors"]["metadata"] = METADATA
    lines = screen.lines(Report.of(report))
    last = next(place for place, line in enumerate(lines) if line.startswith("vague  "))
    rows = [re.split("  +", line) for line in lines[last + 1 : lines.index("", last)]]
    micro = f"{report['floors']['micro_no_skill']:.4f}"
    assert [row[1:] for row in rows if len(row) > 1] == [
        ["0.5000", micro],
        ["0.6000 [0.5000, 0.7000]", "0.8000 [0.7500, 0.8500]"],
    ]
    assert " ".join(row[0] for row in rows) == (
        f"prevalence-only baseline (prevalences of {report['floors']['prevalences_of']})"
        " metadata-only baseline (age, sex and view)"
    )


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
    header, sharp, vague = (re.split("  +", line) for line in lines[title + 3 : title + 6])
    assert header == ["model", "seed 7", "seed 8", "seed 9", "lowest"]
    assert sharp == ["sharp", "0.9000", "0.8750", "0.9100", "0.0350"]
    assert vague == ["vague", "0.5000", "0.5000", "0.5500", "0.0500"]


def test_every_difference_has_its_answer():
    report, _, _ = values()
    lines = screen.lines(Report.of(report))
    (place,) = (at for at, line in enumerate(lines) if line.startswith("vague − sharp"))
    assert [line.split()[0] for line in lines[place + 1 : place + 3]] == ["micro", "answer"]
    assert lines[place + 2].split() == ["answer", "lowers"]


def test_other_pairs_have_a_block_of_their_own():
    report, _, _ = values()
    (pair,) = report["comparisons"]
    report["comparisons"] = [pair, pair | {"model": "sharp", "baseline": "vague"}]
    lines = screen.lines(Report.of(report))
    start = next(at for at, line in enumerate(lines) if line.startswith("other pairs"))
    assert any(line.startswith("sharp − vague") for line in lines[start:])


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


LONG = "a model whose name tells how it was trained, on what, by whom, and on which day of the week"


def test_no_line_is_wider_than_80_columns_whatever_the_names():
    labels = ("Enlarged cardiomediastinum with a widened aortic knob", "x" * 120, "Edema")
    report, _, _ = values((LONG, "vague"), labels, cautions=["word " * 50])
    aucs = [0.9, 0.875, 0.91, 0.9, 0.9, 0.9, 0.9, 0.9]
    for name in report["models"]:
        report["models"][name] |= TRAINED | {"macro_auc_by_seed": aucs}
    assert max(map(len, screen.lines(Report.of(report)))) <= 80


def test_models_that_do_not_fit_beside_each_other_have_blocks_of_their_own():
    report, _, _ = values()
    copies = {f"model {number}": report["models"]["vague"] for number in range(5)}
    report |= {"models": copies, "comparisons": []}
    lines = screen.lines(Report.of(report))
    start = lines.index("AUC of each label")
    assert sum(line.startswith("Edema ") for line in lines[start:]) == 3
    assert all(f"model {number} [95 %]" in "\n".join(lines) for number in range(5))


def test_controls_have_a_block_of_their_own():
    report, _, _ = values()
    report["models"]["vague"] |= TRAINED | {"macro_auc_by_seed": [0.9], "control": True}
    lines = screen.lines(Report.of(report))
    (place,) = (at for at, line in enumerate(lines) if line.startswith("width-matched controls"))
    assert not any(line.startswith("vague") for line in lines[:place])
    assert lines[place + 1].startswith("vague ")


def test_a_long_answer_has_a_short_one_before_it():
    report, _, _ = values(synthetic=True)
    pair = report["comparisons"][0]
    report["comparisons"] = [
        pair | {"setting": "Adding visual words to the embedding", "control": False}
    ]
    lines = screen.lines(Report.of(report))
    assert lines[0].startswith("synthetic images: vague lowers macro AUC over sharp by")
    assert lines[1].startswith("On synthetic images: Adding visual words to the embedding, vague")
