import os

import pytest

from features import store_files
from features.recipe import digest

HEX = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("name", "known"),
    [
        *(("recipe.json", True), (f"part-{HEX}.parquet", True), (f"learned-{HEX}.npz", True)),
        *((f"damaged-part-{HEX}.parquet", True), (f".{HEX}.tmp.npz", True), (f".{HEX}.tmp", True)),
        *(("holiday.png", False), ("part-1.parquet", False), (f"part-{HEX}.parquet.bak", False)),
        *((".hidden", False), ("notes.tmp", False), (f"damaged-{HEX}.npz", False)),
    ],
)
def test_names_that_this_program_gives_are_known_and_no_others(name, known):
    assert store_files.is_known(name, "recipe.json") == known


def test_stores_are_named_by_extractor_and_fingerprint():
    assert store_files.NAME.fullmatch("sift_words-0123456789ab")
    for name in ("photographs", "sift_words-0123456789AB", "a b-0123456789ab", "x-0123456789abc"):
        assert not store_files.NAME.fullmatch(name)


def test_a_file_named_by_its_bytes_shows_who_made_a_folder(tmp_path):
    os.mkfifo(tmp_path / f"learned-{HEX}.npz")
    (tmp_path / f"part-{HEX}.parquet").write_bytes(b"rows")
    assert not store_files.holds_a_part(tmp_path)
    (tmp_path / f"part-{digest(b'rows')}.parquet").write_bytes(b"rows")
    assert store_files.holds_a_part(tmp_path)
