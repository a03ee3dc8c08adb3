from reports.class_tables import ClassTable, McNemar
from reports.json_trees import as_json, from_json


def test_shares_are_those_of_the_true_class():
    table = ClassTable(["A", "B", "C"], [[3, 1, 0], [0, 0, 0], [1, 0, 1]], 0.1)
    assert table.shares == [[0.75, 0.25, 0], [0, 0, 0], [0.5, 0, 0.5]]


def test_they_are_read_as_they_are_written():
    table = ClassTable(["COVID", "NORMAL"], [[3, 1], [0, 4]], 0.125)
    assert from_json(ClassTable, as_json(table)) == table
    tested = McNemar(6, 4, 0.75)
    assert from_json(McNemar, as_json(tested)) == tested
    assert tested.differing == 10
