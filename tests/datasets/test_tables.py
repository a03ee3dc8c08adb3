import gzip

import pytest

from datasets.tables import find_column, need_column, read_lines, read_table
from errors import BadTable, DatasetNotFound

TEXT = "image,Befund\na.png,Erguß\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_a_table_reads_alike_in_every_encoding(tmp_path, encoding):
    (tmp_path / "t.csv").write_bytes(TEXT.encode(encoding))
    frame = read_table(tmp_path / "t.csv")
    assert frame.columns.tolist() == ["image", "Befund"]
    assert frame.loc[0, "Befund"] == "Erguß"


def test_a_gzipped_table_reads_like_a_plain_one(tmp_path):
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(TEXT.encode()))
    assert read_table(tmp_path / "t.csv.gz").shape == (1, 2)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_semicolons_and_tabs_separate_too_and_then_commas_are_decimal(tmp_path, mark):
    rows = [["image", "Mass", "note"], ["a.png", "0,83", "a, b"], ["b.png", "1,5e-05", "1"]]
    (tmp_path / "t.csv").write_text("\n".join(mark.join(row) for row in rows))
    frame = read_table(tmp_path / "t.csv")
    assert frame.columns.tolist() == rows[0]
    assert frame["Mass"].tolist() == ["0.83", "1.5e-05"]
    assert frame["note"].tolist() == ["a, b", "1"]


def test_a_semicolon_in_a_table_of_commas_is_text(tmp_path):
    (tmp_path / "t.csv").write_text('image,a;b\nx;y,"0,5"\n')
    assert read_table(tmp_path / "t.csv").loc[0].tolist() == ["x;y", "0,5"]


def test_numbers_and_na_stay_the_text_they_were(tmp_path):
    (tmp_path / "t.csv").write_text("id,a\n007,NA\n")
    assert read_table(tmp_path / "t.csv").loc[0].tolist() == ["007", "NA"]


def test_columns_are_found_whatever_case_and_spacing(tmp_path):
    (tmp_path / "t.csv").write_text("Patient_Id,x\n1,2\n")
    assert find_column(read_table(tmp_path / "t.csv"), "patient id") == "Patient_Id"


def test_a_missing_column_is_named_with_those_there(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    with pytest.raises(BadTable, match=r"'image'; it has: a, b"):
        need_column(read_table(tmp_path / "t.csv"), tmp_path / "t.csv", "image", "file")


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2,3\n4,5,6,7\n", b"a,b\n1,2,3\n4,5,6\n", b"\x1f\x8b broken"]
)
def test_a_table_that_is_none_is_refused_in_a_sentence(tmp_path, content):
    path = tmp_path / ("t.csv.gz" if content.startswith(b"\x1f") else "t.csv")
    path.write_bytes(content)
    with pytest.raises(BadTable, match="must be a CSV table"):
        read_table(path)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(DatasetNotFound, match=r"no\.csv"):
        read_table(tmp_path / "no.csv")


def test_a_damaged_gzip_is_refused_in_a_sentence(tmp_path):
    data = bytearray(gzip.compress(TEXT.encode() * 9))
    data[10] = 0xFF
    (tmp_path / "t.csv.gz").write_bytes(data)
    with pytest.raises(BadTable, match="must be a CSV table"):
        read_table(tmp_path / "t.csv.gz")


def test_lines_of_a_list_are_stripped_and_empty_ones_left_out(tmp_path):
    (tmp_path / "list.txt").write_bytes("\ufeffa.png \r\n\n  ü.png".encode())
    assert read_lines(tmp_path / "list.txt") == ["a.png", "ü.png"]


def test_a_list_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "list.txt").write_bytes("ü.png".encode("latin-1"))
    with pytest.raises(BadTable, match=r"must be a text file in UTF-8.*Mend it"):
        read_lines(tmp_path / "list.txt")
