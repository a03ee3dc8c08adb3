"""Show invisible characters, and those that control a terminal, as escapes such as `\\x1b`.

Names of files, folders and labels may contain any character. They stay unchanged inside the
program and become visible in its output: terminal, tables, pages, figures and JSON.
"""

import json
import re
from typing import Any

# Control characters, and characters that have no width or change the direction of text: soft
# hyphen, joiners, marks, overrides, isolates, separators, tags; and surrogates.
_UNSEEN = (
    "\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff"
)
HIDDEN = re.compile(rf"[{_UNSEEN}]")
IN_LINES = re.compile(rf"(?!\n)[{_UNSEEN}]")


def visible(text: str) -> str:
    """Text as one line in which all characters are visible."""
    return HIDDEN.sub(_escaped, text)


def visible_lines(text: str) -> str:
    """Text of several lines in which all characters are visible."""
    return IN_LINES.sub(_escaped, text)


def as_json(values: Any, **settings: Any) -> str:
    """Values as JSON in readable Unicode, with invisible characters as `\\u` escapes."""
    text = json.dumps(values, ensure_ascii=False, **settings)
    return IN_LINES.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
