import numpy as np
import pandas as pd
import pytest

import storage
from errors import BadScores, BadTable
from evaluation.scores import Scores
from reports import score_files
from reports.prediction_columns import Beside

LABELS = ("Pleural_Thickening", "Edema", "No Finding")


@pytest.fixture
def read(tmp_path):
    def read(text, **options):
        path = tmp_path / "scores.csv"
        path.write_text(text)
        return score_files.read("mine", path, LABELS, **options)

    return read


@pytest.mark.parametrize("prefix", ["", "prob_", "p_", "pred_", "PROB_"])
def test_prefixes_and_spellings_of_labels_are_understood(read, prefix):
    scores = read(f"Image Index,{prefix}edema,{prefix}pleural thickening\na.png,.25,0.5\n")
    assert scores.label_names == ("Pleural_Thickening", "Edema")
    np.testing.assert_array_equal(scores.probabilities, [[0.5, 0.25]])


@pytest.mark.parametrize("name", ["image", "Image_ID", "filename", "", "study"])
def test_the_ids_are_in_a_column_of_a_known_name_or_the_first(read, name):
    assert read(f"{name},Edema\n007.png,0.5\n").ids.tolist() == ["007.png"]


def test_ids_may_stand_behind_the_labels(read):
    assert read("Edema,image\n0.5,a\n").ids.tolist() == ["a"]


def test_a_column_that_is_no_label_raises_unless_others_are_allowed(read):
    text = "id,Edema,prob_Scoliosis\na,0.5,0.5\n"
    with pytest.raises(BadScores, match="got prob_Scoliosis"):
        read(text)
    assert read(text, others=True).label_names == ("Edema",)


def test_a_near_miss_of_a_label_is_pointed_out(read, capsys):
    text = "id,Edema,prob_Plerual_Thickening\na,0.5,0.5\n"
    with pytest.raises(BadScores, match=r"got prob_Plerual_Thickening; did you mean Pleural_Thick"):
        read(text)
    assert read(text, others=True).label_names == ("Edema",)
    assert "left out: prob_Plerual_Thickening; did you mean Pleural_Th" in capsys.readouterr().err


def test_a_column_that_is_like_no_label_is_left_out_in_silence(read, capsys):
    read("id,Edema,seconds\na,0.5,0.5\n", others=True)
    assert not capsys.readouterr().err


def test_two_columns_of_one_label_raise(read):
    with pytest.raises(BadScores, match="got pred_Edema"):
        read("id,prob_Edema,pred_Edema\na,0.5,0.5\n")


def test_a_table_without_any_label_raises_even_then(read):
    with pytest.raises(BadScores, match="Pleural_Thickening, Edema"):
        read("id,x\na,0.5\n", others=True)


def test_a_header_without_a_name_for_the_ids_raises(read):
    # As R's write.table has it: each label would take its neighbour's column.
    with pytest.raises(BadTable, match="column has a name"):
        read("Edema,No Finding\na,0.1,0.2\n")


@pytest.mark.parametrize(("value", "told"), [("", "missing"), ("nan", "'nan'"), ("high", "'high'")])
def test_a_cell_without_a_number_is_named_by_its_image_and_what_it_says(read, value, told):
    with pytest.raises(BadScores, match=f"the first Edema of b, which is {told}. Fill"):
        read(f"id,Edema\na,0.5\nb,{value}\n")


def test_probabilities_with_decimal_commas_between_semicolons_are_read(read):
    assert read("id;Edema\na;0,25\n").probabilities.tolist() == [[0.25]]


@pytest.mark.parametrize("value", ["1.5", "-0.1"])
def test_what_is_no_probability_is_named_by_its_image(read, value):
    with pytest.raises(BadScores, match=r"1 rows, counted from 0: 1 .* Edema of b"):
        read(f"id,Edema\na,0.5\nb,{value}\n")


def test_what_was_written_is_read_again_and_no_spreadsheet_runs_it(tmp_path):
    names = np.array(["=cmd()", "@a", "-1.png", "+b", "'quoted", "plain,comma"], object)
    values = np.random.default_rng(0).random((6, 1))
    path = score_files.write(Scores("mine", names, values, ("=Edema",)), tmp_path / "out.csv")
    cells = path.read_text().replace("\n", ",").split(",")
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    again = score_files.read("mine", path, ["=Edema"])
    assert again.ids.tolist() == names.tolist()
    np.testing.assert_array_equal(again.probabilities, values)


def test_names_with_characters_that_are_not_seen_are_read_again_too(tmp_path):
    names = np.array(["a\x1b[31m.png", "b\nc.png", "\t=1", "x\u202e", r"\x1b", 'q"u,o'], object)
    labels = ("\x1bMass", "=b\n", "-\u200bc")
    values = np.random.default_rng(0).random((6, 3))
    path = score_files.write(Scores("mine", names, values, labels), tmp_path / "out.csv")
    assert len(path.read_text().splitlines()) == 7
    again = score_files.read("mine", path, labels)
    assert again.ids.tolist() == names.tolist()
    np.testing.assert_array_equal(again.probabilities, values)


def test_labels_that_differ_in_signs_alone_keep_their_own_columns(tmp_path):
    labels = ("a-b", "a\x1b-b", "a+b")
    path = tmp_path / "out.csv"
    score_files.write(
        Scores("mine", np.array(["x"], object), np.array([[0.1, 0.2, 0.3]]), labels), path
    )
    assert score_files.read("mine", path, labels).probabilities.tolist() == [[0.1, 0.2, 0.3]]


LONG = "id,label,probability,finding\nb,Edema,0.25,no\nb,No Finding,1,yes\n"


def test_a_row_for_each_image_and_label_is_taken_too(read):
    scores = read(LONG + "a,No Finding,0.5,no\na,Edema,0.75,yes\n")
    assert scores.over(
        np.array(["a", "b"], object), ("Edema", "No Finding")
    ).probabilities.tolist() == [
        [0.75, 0.5],
        [0.25, 1.0],
    ]


def test_an_image_and_label_with_two_probabilities_raise(read):
    with pytest.raises(BadScores, match="some twice"):
        read(LONG + "b,Edema,0.5,no\n")


def test_an_image_that_lacks_a_label_raises(read):
    with pytest.raises(BadScores, match="No Finding of a, which is missing"):
        read(LONG + "a,Edema,0.5,no\n")


def test_a_label_called_as_the_ids_are_is_refused(read):
    with pytest.raises(BadScores, match="Rename that column"):
        read("0,label,probability\na.png,0,0.5\n")


@pytest.mark.parametrize("kind", [np.float64, np.float32])
def test_what_is_written_is_what_pandas_would_write_of_64_bit_numbers(tmp_path, kind):
    rng = np.random.default_rng(0)
    edges = [
        0,
        1,
        1e-4,
        9.99e-5,
        1e-5,
        0.5,
        5e-324,
        np.nextafter(1, 0),
        1.0001e-4,
        0.1,
        1 / 3,
        0.25,
    ]
    values = np.concatenate([rng.random(300) ** 12, rng.random(300).round(6), edges])
    values = values.astype(kind).reshape(-1, 2)
    ids = np.array([f"f{number}" for number in range(len(values))], object)
    ids[:5] = ["a,b", 'q"x', "=1+1", "-x\ny", "\\x41"]
    names = ("a", 'b, "c"')
    written = score_files.write(Scores("m", ids, values, names), tmp_path / "ours.csv")
    frame = pd.DataFrame(values.astype(float), columns=list(names))
    frame.insert(0, "id", ids)
    storage.write_table(tmp_path / "theirs.csv", frame)
    assert written.read_bytes() == (tmp_path / "theirs.csv").read_bytes()


def test_more_rows_than_are_written_at_once_are_all_written_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(score_files, "ROWS_AT_ONCE", 3)
    ids = np.array(list("abcdefgh"), object)
    scores = Scores("mine", ids, np.arange(8)[:, None] / 8, ("Edema",))
    again = score_files.read("mine", score_files.write(scores, tmp_path / "s.csv"), LABELS)
    assert again.ids.tolist() == ids.tolist()
    np.testing.assert_array_equal(again.probabilities, scores.probabilities)


def test_numbers_read_at_once_are_those_that_are_read_one_by_one(tmp_path):
    values = np.random.default_rng(1).random(500).tolist()
    lines = [f"{number:03}, {value!r} ,{value:.20f}" for number, value in enumerate(values)]
    fast, slow = tmp_path / "fast.csv", tmp_path / "slow.csv"
    fast.write_text("\n".join(["id,Edema,No Finding", *lines]))
    # A name with blanks around it: its column is read as text.
    slow.write_text("\n".join(["id, Edema , No Finding ", *lines]))
    found, expected = (score_files.read("m", path, LABELS) for path in (fast, slow))
    np.testing.assert_array_equal(found.probabilities, expected.probabilities)
    assert found.ids[7] == "007"


def test_text_in_a_column_of_no_label_does_not_matter(read):
    scores = read("id,Edema,sex\n007,0.5,F\n008,0.25,M\n", others=True)
    assert scores.ids.tolist() == ["007", "008"]


def written(path, labels, beside, rows=3):
    ids = np.array(list("abcdefgh")[:rows], object)
    probabilities = np.random.default_rng(0).random((rows, len(labels)), np.float32)
    scores = Scores("mine", ids, probabilities, labels)
    return scores, score_files.write(scores, path / "out.csv", beside)


TRUTH = np.array([[1, 0], [0, np.nan], [1, 1]])


def test_our_own_columns_beside_probabilities_are_left_out(tmp_path):
    beside = Beside(TRUTH, np.full((3, 2), 0.5), np.array([1, 1, 2]))
    scores, path = written(tmp_path, ("Edema", "No Finding"), beside)
    again = score_files.read("mine", path, LABELS)
    assert again.label_names == ("Edema", "No Finding")
    np.testing.assert_array_equal(again.probabilities, scores.probabilities)


def test_a_column_beside_a_label_that_the_table_lacks_is_no_label_of_ours(read):
    text = "id,Edema,truth:Edema,truth:Mass\na,0.5,1,1\n"
    with pytest.raises(BadScores, match="got truth:Mass"):
        read(text)


def test_labels_named_like_columns_beside_them_keep_their_probabilities(tmp_path):
    labels = ("Edema", "truth:Edema", "fold")
    beside = Beside(np.ones((3, 3)), None, np.array([1, 2, 3]))
    scores, path = written(tmp_path, labels, beside)
    header = path.read_text().splitlines()[0].split(",")
    assert len(set(header)) == len(header) == 8
    again = score_files.read("mine", path, labels)
    np.testing.assert_array_equal(again.probabilities, scores.probabilities)


def test_a_row_longer_than_the_header_raises_in_a_table_without_such_columns(read):
    with pytest.raises(BadTable, match="as many columns"):
        read("id,Edema\na,0.5,0.7\n")
