import sys
import zipfile
from datetime import date, datetime

import pandas as pd
import pytest

from datasets import table_files, workbooks
from datasets.tables import read_table
from errors import BadTable
from tests import fakes

ROWS = [["image", " Mass ", "note"], ["a.png", 1, None], ["b.png", 0.0, "x "]]


@pytest.fixture
def book(tmp_path):
    def book(*sheets):
        fakes.write_workbook(tmp_path / "labels.xlsx", *sheets)
        return tmp_path / "labels.xlsx"

    return book


def test_a_workbook_is_what_its_csv_would_be(book, tmp_path):
    (tmp_path / "labels.csv").write_text("image,Mass,note\na.png,1,\nb.png,0,x\n")
    pd.testing.assert_frame_equal(
        read_table(book(ROWS)), read_table(tmp_path / "labels.csv"), check_dtype=False
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((7, "7"), (7.0, "7"), (0.25, "0.25"), (True, "1"), (date(2020, 1, 2), "2020-01-02")),
        (datetime(2020, 1, 2, 3, 4), "2020-01-02 03:04:00"),
    ],
)
def test_a_cell_is_the_text_that_people_see(book, value, text):
    assert read_table(book([["a"], [value]]))["a"].tolist() == [text]


def test_empty_rows_and_columns_at_the_end_are_left_out(book):
    frame = read_table(book([["a", "b", None], [None, None], ["1", None, None]]))
    assert frame.columns.tolist() == ["a", "b"]
    assert frame.to_numpy().tolist() == [["1", ""]]


def test_of_several_sheets_the_first_is_read_with_a_warning(book, capsys):
    frame = read_table(book([["a"], ["1"]], [["b"], ["2"]]))
    assert frame.columns.tolist() == ["a"]
    assert "has 2 sheets; only the first, Sheet, is read" in capsys.readouterr().err


def test_the_header_alone_may_be_read(book):
    assert len(read_table(book(ROWS), nrows=0)) == 0


@pytest.mark.parametrize("content", [b"image,Mass\na.png,1\n", b"PK", b""])
def test_a_file_that_is_no_workbook_is_refused(tmp_path, content):
    (tmp_path / "labels.xlsx").write_bytes(content)
    with pytest.raises(BadTable, match=r"labels\.xlsx must be an Excel workbook"):
        read_table(tmp_path / "labels.xlsx")


def test_an_archive_of_other_files_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "labels.xlsx", "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    with pytest.raises(BadTable, match="reading it failed with"):
        read_table(tmp_path / "labels.xlsx")


@pytest.mark.parametrize(
    ("limit", "value"),
    [("MAX_BYTES", 9_000), ("MAX_COLUMNS", 2), ("MAX_CELLS", 5), ("MAX_LINE", 4)],
)
def test_a_workbook_keeps_the_limits_of_tables(book, monkeypatch, limit, value):
    path = book(ROWS)
    monkeypatch.setattr(table_files, limit, value)
    with pytest.raises(BadTable, match=r"must have (at most|cells)"):
        read_table(path)


def test_a_sheet_without_rows_is_refused(book):
    with pytest.raises(BadTable, match="its first sheet is empty"):
        read_table(book([]))


def test_without_openpyxl_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.delitem(sys.modules, workbooks.__name__)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(BadTable, match="pip install openpyxl"):
        import datasets.workbooks  # noqa: F401
