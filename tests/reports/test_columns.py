from reports.columns import aligned, wrapped


def test_cells_stand_in_columns():
    assert aligned([("a", "10"), ("long", "9")]) == ["a     10", "long   9"]


def test_a_name_is_broken_where_its_row_is_wider_than_a_terminal():
    lines = aligned([("a long name of a model", "1")], width=20)
    assert lines == ["a long name of a", "model" + " " * 14 + "1"]


def test_sentences_are_broken_at_80_columns_and_indented():
    first, second = wrapped("word " * 20, "  ")
    assert len(first) <= 80
    assert second.startswith("  word")
