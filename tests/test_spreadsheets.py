import csv
import json
import shutil
import subprocess
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spreadsheets import Rows, cell, safe, text_of

TABLE = Path(__file__).parents[1] / "serving" / "static" / "table.js"
FORMULAS = [
    *("=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1"),
    *("\uff1d1", "\uff0b1", "\uff0d1", "\uff20x", '=HYPERLINK("http://x","y").png'),
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_would_be_run_begins_with_an_apostrophe(text):
    assert cell(text).startswith("'")


def test_other_texts_stay_as_they_are():
    for text in ("a.png", "", "No Finding", "a=1", "'quoted'", "x-1", "–"):
        assert cell(text) == text


def test_numbers_and_nothing_are_never_marked():
    assert [cell(value) for value in (-1.5, np.float32(-2), None, True, -3)] == [
        -1.5,
        -2,
        None,
        True,
        -3,
    ]


def test_characters_that_are_not_seen_are_shown():
    assert cell("a\x1b]0;x\x07\u202e\n=1") == r"a\x1b]0;x\x07\u202e\x0a=1"


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from("'=+-@ \t\r\n\\x1b"), st.characters(exclude_categories=["Cs"])
        )
    )
)
def test_what_was_written_is_read_back(text):
    assert text_of(cell(text)) == text


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1, max_size=3))
def test_rows_of_any_texts_are_one_line_each_that_any_reader_takes_apart(texts):
    file = StringIO()
    Rows(file, texts).add(texts, texts)
    assert [list(map(text_of, row)) for row in csv.reader(file.getvalue().splitlines())] == [
        texts
    ] * 3 or texts == [""]


@pytest.mark.parametrize(
    "text", [r"\x1b", "\\\x1b", r"\\x1b", r"\x5cx1b", "C:\\x\\u202e", "\\x1\x00", r"\ud800"]
)
def test_what_looks_like_an_escape_is_read_back_as_it_was(text):
    assert text_of(cell(text)) == text


def test_escapes_that_were_never_written_stand_for_themselves():
    for text in (r"a\x41", r"\ud800", r"\U00110000", r"\uFFFF", r"\n"):
        assert text_of(text) == text


def test_a_table_is_made_safe_in_its_columns_names_and_texts():
    table = pd.DataFrame({"=a": ["=x", 'y,"z"'], "n": [-1, 2], "v": np.array(["-b", None], object)})
    made = safe(table)
    assert list(made) == ["'=a", "n", "v"]
    assert made.to_csv(index=False) == '\'=a,n,v\n\'=x,-1,\'-b\n"y,""z""",2,\n'
    assert list(table) == ["=a", "n", "v"]


def test_columns_of_one_name_keep_their_own_cells():
    made = safe(pd.DataFrame([["=a", "=b"]], columns=["x", "x"]))
    assert made.to_numpy().tolist() == [["'=a", "'=b"]]


@pytest.mark.skipif(not shutil.which("node"), reason="needs node, which runs scripts of pages")
def test_the_page_s_table_has_the_same_cells(tmp_path):
    shutil.copy(TABLE, tmp_path / "table.mjs")
    (tmp_path / "main.mjs").write_text(
        'import { safe } from "./table.mjs"; import { readFileSync } from "node:fs";'
        'const texts = JSON.parse(readFileSync("texts.json"));'
        "console.log(JSON.stringify(texts.map(safe)));"
    )
    every = [chr(code) for code in range(0x3200) if not 0xD800 <= code < 0xE000]
    more = ["\U000e0041", "\ufeff=1", "\x1c=1", "\x85=1", r"\x1b", r"\\u202e", "'=1", "''+", "'a"]
    texts = [*FORMULAS, *more, *(f"a{one}b" for one in every), *(f"{one}=1" for one in every)]
    (tmp_path / "texts.json").write_text(json.dumps(texts))
    done = subprocess.run(
        ["node", "main.mjs"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [cell(text) for text in texts]
