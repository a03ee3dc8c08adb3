from dataclasses import replace

from reports import class_html
from reports.class_tables import ClassTable, McNemar
from reports.report_tree import Report
from tests.reports.comparisons import values

TABLE = ClassTable(["COVID", "NORMAL"], [[3, 1], [0, 1200]], 0.125)


def report():
    plain = Report.of(values()[0])
    models = {name: replace(one, classes=TABLE) for name, one in plain.models.items()}
    tested = [replace(each, mcnemar=McNemar(6, 14, 0.0414)) for each in plain.comparisons]
    evaluated = replace(plain.evaluated, models=models, comparisons=tested)
    return replace(plain, evaluated=evaluated, classes=["COVID", "NORMAL"])


def test_independent_labels_have_no_section():
    assert class_html.classes(Report.of(values()[0])) == ""


def test_a_confusion_matrix_has_images_and_their_share_of_the_true_class():
    found = class_html.classes(report())
    assert "3 (75.0 %)" in found
    assert "1,200 (100.0 %)" in found
    assert "Chosen: NORMAL" in found


def test_mcnemar_s_test_names_both_models():
    found = class_html.classes(report())
    assert "vague and sharp" in found
    assert "0.041" in found


def test_a_terminal_shows_the_counts_under_the_names_of_the_classes():
    rows = list(class_html.lines(report()))
    assert rows[0] == ("sharp: true class \\ chosen", "COVID", "NORMAL")
    assert rows[1] == ("  COVID", "3", "1")


def test_accuracy_and_what_belongs_to_it_stand_in_one_table():
    shown = report()
    metric = next(iter(shown.models["sharp"].metrics.values()))
    named = dict.fromkeys(class_html.FIRST, replace(metric, value=0.75, ci=[0.7, 0.8]))
    one = replace(shown.models["sharp"], metrics=named)
    assert class_html.first_figures(one)["Accuracy"] == "0.750 [0.700, 0.800]"
    evaluated = replace(shown.evaluated, models={"sharp": one})
    found = class_html.overview(replace(shown, evaluated=evaluated))
    assert found.count("0.750 [0.700, 0.800]") == 4


def test_independent_labels_have_no_accuracy():
    plain = Report.of(values()[0])
    assert class_html.first_figures(plain.models["sharp"]) == {}
    assert class_html.overview(plain) == ""
