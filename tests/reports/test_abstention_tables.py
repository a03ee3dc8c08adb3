from dataclasses import replace

from reports import abstention_tables
from tests.reports import comparisons
from tests.reports.test_abstention_figures import made


def report(found):
    known, *_ = comparisons.evaluation()
    models = {name: replace(one, abstention=found) for name, one in known.models.items()}
    return replace(known, evaluated=replace(known.evaluated, models=models))


def test_a_sentence_gives_what_is_answered_and_the_lowest_coverage():
    found = made()
    sentence = abstention_tables.sentence(found)
    assert sentence.startswith(f"abstaining at level 0.1: {100 * found.answered:.0f} % answered")
    assert sentence.endswith("(Mass)")
    assert abstention_tables.sentence(None) == ""


def test_a_label_without_a_guarantee_is_called_so():
    (mass, hernia) = abstention_tables.rows(made())
    assert mass[1].endswith(" of 58") or mass[1].count("[") == 1
    assert hernia[1] == "cannot be guaranteed"
    (note,) = abstention_tables.notes(made())
    assert "Hernia" in note


def test_the_page_has_a_row_for_each_level_and_a_table_for_each_model():
    html = abstention_tables.abstaining(report(made()))
    assert html.count("coverage of each label") == 2
    assert ">0.45<" in html
    assert abstention_tables.abstaining(report(None)) == ""
