import gzip
import os
import zipfile
from io import BytesIO

import pytest

from datasets import table_files
from datasets.table_files import Size, size_of
from errors import BadTable, FileUnreadable


def size(data):
    return size_of("t.csv", BytesIO(data))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_bytes_and_columns_are_counted_whatever_ends_a_line(end):
    data = end.join([b"image,Mass,note", b"a.png,1,x", b"b.png,0,y", b""])
    assert size(data) == Size(3, len(data), 3)


def test_marks_in_quotes_separate_nothing():
    assert size(b'image,note\na.png,"1, 2, 3, 4"\n').columns == 2


def test_a_table_is_unpacked_as_its_name_says(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"plain")
    (tmp_path / "t.CSV.GZ").write_bytes(gzip.compress(b"packed"))
    for name, content in (("t.csv", b"plain"), ("t.CSV.GZ", b"packed")):
        with table_files.opened(tmp_path / name) as file:
            assert file.read() == content


def zipped(path, files, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def test_a_table_alone_in_a_zip_is_unpacked(tmp_path):
    zipped(tmp_path / "t.csv.zip", {"a/": "", "a/t.csv": "image\n", "__MACOSX/t.csv": "noise"})
    with table_files.opened(tmp_path / "t.csv.zip") as file:
        assert file.read() == b"image\n"
        assert file.seek(0) == 0
        assert file.read() == b"image\n"


@pytest.mark.parametrize(
    ("files", "method"),
    [
        ({}, zipfile.ZIP_STORED),
        ({"a.csv": "", "b.csv": ""}, zipfile.ZIP_STORED),
        ({"a.csv": "image"}, zipfile.ZIP_LZMA),
        ({f"__{number}": "" for number in range(101)} | {"a.csv": ""}, zipfile.ZIP_STORED),
    ],
)
def test_a_zip_of_anything_else_is_refused(tmp_path, files, method):
    zipped(tmp_path / "t.zip", files, method)
    with (
        pytest.raises(BadTable, match="exactly one table"),
        table_files.opened(tmp_path / "t.zip"),
    ):
        pass


@pytest.mark.parametrize("suffix", table_files.PACKED)
def test_other_archives_are_refused(tmp_path, suffix):
    path = tmp_path / f"t.csv{suffix}"
    path.write_bytes(b"image,Mass\na.png,1\n")
    with pytest.raises(BadTable, match="is another kind of archive"), table_files.opened(path):
        pass


def test_a_pipe_is_refused_rather_than_waited_for(tmp_path):
    os.mkfifo(tmp_path / "t.csv")
    with (
        pytest.raises(FileUnreadable, match="it is a named pipe"),
        table_files.opened(tmp_path / "t.csv"),
    ):
        pass


BEYOND = {
    "at most 5,000,000 rows; t.csv has more": b"\n" * 5_000_001,
    "at most 500 MB once unpacked; t.csv has more": (b"x" * 999 + b"\n") * 500_001,
    "lines of at most 1 MB; t.csv has a longer one": b"a,b\n" + b"x" * 1_000_001,
    "at most 1,000 columns; t.csv has 20,000": b"," * 19_999,
    "at most 30,000,000 cells; t.csv has 30,304 rows of 990": (b"," * 989 + b"\n") * 30_304,
}


@pytest.mark.parametrize("words", BEYOND)
def test_a_table_beyond_a_limit_is_refused_and_the_limit_named(words):
    with pytest.raises(BadTable, match=words):
        size(BEYOND[words])


@pytest.mark.parametrize("before", [0, 1, 999_999, 1_000_000, 1_500_000])
def test_a_line_too_long_is_found_wherever_it_begins(before):
    start = b"x\n" * (before // 2) + b"\n" * (before % 2)
    assert size(start + b"y" * 1_000_000 + b"\nz").bytes == before + 1_000_002
    with pytest.raises(BadTable, match="lines of at most 1 MB"):
        size(start + b"y" * 1_000_001 + b"\nz")


class Endless(BytesIO):
    """Ten gigabytes that take no room."""

    def __init__(self, block):
        self.block, self.given = block, 0

    def read(self, n=-1):
        self.given += n
        return self.block[:n]


def test_no_more_is_unpacked_than_the_limit():
    for block, most in ((bytes(1_000_000), 2_000_000), (b"x" * 99 + b"\n", 500_100_000)):
        endless = Endless(block * (1_000_000 // len(block)))
        with pytest.raises(BadTable):
            size_of("t.csv.gz", endless)
        assert endless.given <= most + 1_000_000


def test_tables_of_the_known_data_sets_are_within_the_limits():
    nih = b"00000001_000.png,Cardiomegaly|Emphysema,1,1,057Y,M,PA,2682,2749,0.143,0.143\n" * 112_120
    chexpert = b"CheXpert-v1.0/train/patient1/study1/view1.jpg" + b",1.0" * 18 + b"\n"
    padchest = b"0,2.16.840.1.113.png" + b",x" * 33 + b',"' + b"texto, " * 90 + b'"\n'
    assert size(nih).lines == 112_120
    assert size(chexpert * 223_414).columns == 19
    assert size(padchest * 160_868).columns == 36
