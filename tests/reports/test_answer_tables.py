import re

from reports import answer_tables
from reports.report_tree import Report
from tests.reports.comparisons import values
from tests.reports.test_html_tables import cells


def three():
    """A report of three models, each compared with each."""
    told, _, _ = values()
    (pair,) = told["comparisons"]
    other = pair | {"model": "third", "delta_macro_auc": 0.01, "answer": "inconclusive"}
    last = pair | {"model": "third", "baseline": "vague", "delta_macro_auc": 0.3}
    last |= {"answer": "raises", "patients_needed": None}
    told["comparisons"] = [pair, other | {"patients_needed": 3_462}, last]
    return Report.of(told)


def test_every_answer_has_its_interval_and_what_it_takes():
    html = answer_tables.answers(three())
    _, first, second = cells(html)
    assert [first[1], second[1]] == ["lowers", "inconclusive"]
    low, high = three().comparisons[1].outcome.equivalence_ci
    assert second[2] == f"[{low:.4f}, {high:.4f}]".replace("-", "−")
    assert [first[-1], second[-1]] == ["–", "about 3,500"]


def test_the_matrix_has_each_pair_from_both_sides():
    header, *rows = answer_tables.matrix(three())
    assert header == ("Model", "sharp", "vague", "third")
    assert [row[0] for row in rows] == ["sharp", "vague", "third"]
    delta = abs(three().comparisons[0].delta_macro_auc)
    assert rows[0] == ("sharp", "", f"{delta:.4f} raises", "−0.0100 inconclusive")
    assert rows[1] == ("vague", f"−{delta:.4f} lowers", "", "−0.3000 lowers")


def test_the_pairs_without_the_baseline_are_folded():
    html = answer_tables.all_pairs(three())
    assert re.findall(r"<summary>(.*?)</summary>", html) == ["All other pairs"]
    assert "third − vague" in html
    assert "vague − sharp" not in html


def test_one_baseline_has_no_matrix_and_one_model_no_answers():
    assert answer_tables.all_pairs(Report.of(values()[0])) == ""
    assert answer_tables.answers(Report.of(values(("sharp",))[0])) == ""
