from reports.columns import aligned, blocks, wrapped


def test_cells_stand_in_columns():
    assert aligned([("a", "10"), ("long", "9")]) == ["a     10", "long   9"]


def test_a_name_is_broken_where_its_row_is_wider_than_a_terminal():
    lines = aligned([("a long name of a model", "1")], width=20)
    assert lines == ["a long name of a", "model" + " " * 14 + "1"]


def test_names_are_broken_after_an_underscore_colon_or_plus_rather_than_in_a_word():
    lines = aligned([("cnn:net+dense_sift_fisher", "1")], width=12)
    assert lines == ["cnn:net+", "dense_sift_", "fisher        1"]


def test_columns_that_do_not_fit_a_terminal_have_blocks_of_their_own():
    lines = blocks(
        [("AUC",), ("Mass",)], [[f"figure {n}" for n in range(5)], ["0." + "5" * 18] * 5]
    )
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines if line] == ["AUC", "Mass"] * 2


def test_sentences_are_broken_at_80_columns_and_indented():
    first, second = wrapped("word " * 20, "  ")
    assert len(first) <= 80
    assert second.startswith("  word")
