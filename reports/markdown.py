"""Names and values in Markdown: whatever they hold, readers see it as it is."""

import re

from escapes import visible

# Underscores inside a word, as in names of extractors, mean nothing; a colon of an address would
# make a link. At the start also what opens a heading, a list or a quotation.
SPECIAL = re.compile(
    r"[\\`*\[\]<>&|~$]|(?<![^\W_])_|_(?![^\W_])|:(?=//)|(?<=www)\.|#$|^[-+#=]", re.IGNORECASE
)
NUMBERED = re.compile(r"^(\d+)([.)])(?=\s|$)")


def text(value: str) -> str:
    """A value as text in a sentence, a heading or one cell of a table."""
    escaped = SPECIAL.sub(r"\\\g<0>", visible(value).strip())
    return NUMBERED.sub(r"\1\\\2", escaped)


def code(value: str) -> str:
    """A value between backticks, more of them than it holds itself in a row."""
    shown = visible(value)
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    # One blank at each end is taken off again.
    edge = " " if shown[:1] + shown[-1:] != (shown[:1] + shown[-1:]).strip("` ") else ""
    return f"{fence}{edge}{shown}{edge}{fence}" if shown else ""
