import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from escapes import as_json, visible, visible_lines

ALL = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
# Those that the standard calls control and format characters and separators of lines.
UNSEEN = {"Cc", "Cf", "Zl", "Zp"}
# Signs of Arabic, Syriac and Kaithi numbers, of hieroglyphs, shorthand and music: these are seen.
SEEN = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"


def test_control_characters_are_shown_as_escapes():
    assert visible("a\x1b[31mb\x00\x7f\x9b") == r"a\x1b[31mb\x00\x7f\x9b"


def test_what_turns_the_direction_of_text_or_has_no_width_is_shown():
    assert visible("x\u202egnp.exe\u2066\u200b\ufeff") == r"x\u202egnp.exe\u2066\u200b\ufeff"
    assert visible("\U000e0041") == r"\U000e0041"


def test_every_control_and_format_character_of_unicode_is_hidden():
    kinds = {one: unicodedata.category(one) for one in ALL}
    left = {one for one, kind in kinds.items() if kind in UNSEEN and visible(one) == one}
    music = {chr(code) for code in range(0x1D173, 0x1D17B)}
    signs = {chr(code) for code in (*range(0x13430, 0x13440), *range(0x1BCA0, 0x1BCA4))}
    assert left <= {*SEEN, *music, *signs}


def test_letters_marks_and_signs_of_any_language_stay():
    text = "Pneumonie – fünf 肺炎 التهاب รอยโรค µ½€ [red] $x$ C:\\films\\a b"
    assert visible(text) == text


def test_a_name_cannot_begin_a_line_of_its_own():
    assert visible("a.png\nerror: forged\r") == r"a.png\x0aerror: forged\x0d"


def test_line_breaks_of_our_own_text_stay():
    assert visible_lines("one\ntwo\x1b\r") == "one\ntwo" + r"\x1b\x0d"


@given(st.text(alphabet=st.characters()))
def test_any_text_is_shown_in_one_line_that_can_be_printed(text):
    assert len(visible(text).splitlines()) <= 1
    assert visible(visible(text)) == visible(text).encode().decode()


def test_half_a_character_is_shown_and_can_be_written():
    assert visible("\udcff").encode() == rb"\udcff"


def test_json_is_readable_and_holds_nothing_unseen():
    values = {"fünf\x1b": ["\u202e", "\x7f\x9b\U000e0041", "\ud800", "a\nb"], "n": 1.5}
    text = as_json(values, indent=1)
    assert json.loads(text) == values
    assert "fünf" in text
    assert visible_lines(text) == text
