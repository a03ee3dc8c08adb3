"""Tables for papers in LaTeX, with the rules of booktabs."""

import re
from collections.abc import Iterable, Sequence

from escapes import visible

SPECIAL = {
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    **{"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"},
    **{
        "<": "$<$",
        ">": "$>$",
        "≤": r"$\leq$",
        "≥": r"$\geq$",
        "±": r"$\pm$",
        "|": r"\textbar{}",
        '"': "{''}",
        "'": "{'}",
        "`": "{`}",
    },
    **{"\N{MINUS SIGN}": "$-$", "\N{EN DASH}": r"\textendash{}"},
    "\N{GREEK CAPITAL LETTER DELTA}": r"$\Delta$",
}
# Between the parts of a table that is too wide for a page.
GAP = "\n\n\\medskip\n\n"

Row = Sequence[str]
# A name and the number of columns below it.
Span = tuple[str, int]


def escaped(text: str) -> str:
    """Text as LaTeX shows it letter for letter; invisible characters are shown as escapes."""
    shown = "".join(SPECIAL.get(letter, letter) for letter in visible(text))
    # Hyphens in a row would become a dash.
    shown = re.sub("-(?=-)", "-{}", shown)
    # At the start of a row, LaTeX would take these for an option of the row before.
    return f"{{}}{shown}" if shown.startswith(("[", "*")) else shown


def tabular(header: Row, groups: Iterable[Iterable[Row]], above: Iterable[Span] = ()) -> str:
    """A table of texts; the first column is aligned left, and a rule separates the groups.

    Above the header stand names of several columns each; a name may be empty.
    """
    bodies = ["".join(map(_line, rows)) for rows in groups]
    return (
        f"\\begin{{tabular}}{{@{{}}l{'r' * (len(header) - 1)}@{{}}}}\n\\toprule\n{_above(above)}"
        f"{_line(header)}\\midrule\n" + "\\midrule\n".join(filter(None, bodies)) + "\\bottomrule\n"
        "\\end{tabular}"
    )


def document(comments: Iterable[str], tables: Iterable[str]) -> str:
    """Tables to be read by `\\input`, after comments that each take a line."""
    lines = ["Needs \\usepackage{booktabs}.", *comments]
    return "".join(f"% {visible(line)}\n" for line in lines) + GAP.join(tables) + "\n"


def _line(cells: Row) -> str:
    return " & ".join(map(escaped, cells)) + " \\\\\n"


def _above(spans: Iterable[Span]) -> str:
    """The names over several columns, each but empty ones with a rule below it."""
    cells, rules, first = [], [], 1
    for name, size in spans:
        last = first + size - 1
        cells.append(f"\\multicolumn{{{size}}}{{c}}{{{escaped(name)}}}")
        rules += [f"\\cmidrule(lr){{{first}-{last}}}"] if name else []
        first = last + 1
    return f"{' & '.join(cells)} \\\\\n{''.join(rules)}\n" if cells else ""
