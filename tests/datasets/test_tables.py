import errno
import gzip
import os

import pytest

from datasets.tables import find_column, need_column, noting, read_lines, read_table
from errors import BadTable, DatasetNotFound, FileUnreadable

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


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_a_table_beyond_the_limits_is_refused(tmp_path, name):
    packed = gzip.compress if name.endswith("gz") else bytes
    (tmp_path / name).write_bytes(packed(b"image,Mass\n" + b"x" * 2_000_000))
    with pytest.raises(BadTable, match="lines of at most 1 MB"):
        read_table(tmp_path / name)


def test_a_header_of_many_lines_may_not_have_more_columns_either(tmp_path):
    names = ",".join(f'"a\n{number}"' for number in range(1_001))
    (tmp_path / "t.csv").write_text(names + "\n")
    with pytest.raises(BadTable, match=r"at most 1,000 columns; .* has 1,001"):
        read_table(tmp_path / "t.csv")


def test_a_cell_over_many_lines_may_not_be_longer_than_a_line(tmp_path):
    cell = "a line\n" * 200_000
    (tmp_path / "t.csv").write_text(f'image,note\na.png,"{cell}"\n')
    with pytest.raises(BadTable, match=r"cells of at most 1,000,000 characters; .* of 1,400,000"):
        read_table(tmp_path / "t.csv")


@pytest.mark.parametrize("read", [read_table, read_lines])
def test_a_folder_or_a_pipe_is_no_table(tmp_path, read):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(FileUnreadable, match="it is a named pipe"):
        read(tmp_path / "pipe.csv")
    with pytest.raises(FileUnreadable, match="it is a folder"):
        read(tmp_path)


def test_a_table_without_permission_is_called_that(tmp_path, monkeypatch):
    (tmp_path / "t.csv").write_text(TEXT)

    def locked(path, flags):
        raise PermissionError(errno.EACCES, "Permission denied", path)

    monkeypatch.setattr(os, "open", locked)
    with pytest.raises(FileUnreadable, match="permission denied"):
        read_table(tmp_path / "t.csv")


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(DatasetNotFound, match=r"no\.csv"):
        read_table(tmp_path / "no.csv")


def test_a_damaged_gzip_is_refused_in_a_sentence(tmp_path):
    data = bytearray(gzip.compress(TEXT.encode() * 9))
    data[10] = 0xFF
    (tmp_path / "t.csv.gz").write_bytes(data)
    with pytest.raises(BadTable, match="must be a CSV table"):
        read_table(tmp_path / "t.csv.gz")


def test_a_damaged_zip_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "t.csv.zip").write_bytes(b"PK no archive")
    with pytest.raises(BadTable, match="must be a CSV table"):
        read_table(tmp_path / "t.csv.zip")


def test_lines_of_a_list_are_stripped_and_empty_ones_left_out(tmp_path):
    (tmp_path / "list.txt").write_bytes("\ufeffa.png \r\n\n  ü.png".encode())
    assert read_lines(tmp_path / "list.txt") == ["a.png", "ü.png"]


def test_a_list_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "list.txt").write_bytes("ü.png".encode("latin-1"))
    with pytest.raises(BadTable, match=r"must be a text file in UTF-8.*Save it"):
        read_lines(tmp_path / "list.txt")


def test_tables_read_in_a_context_are_noted(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text("a\n1\n")
    with noting() as noted:
        read_table(tmp_path / "a.csv")
    read_table(tmp_path / "b.csv")
    assert noted == {tmp_path / "a.csv"}
