"""Pages that people keep: one HTML file each, style and pictures inside, that need no network."""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

from escapes import visible_lines

TEMPLATE = Path(__file__).with_name("page.html")
STYLE = Path(__file__).with_name("page.css")
# Nothing is loaded from elsewhere, no script runs, and no form or link base can be smuggled in.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'"
)


def page(title: str, synthetic: bool, header: str, sections: Mapping[str, str], *css: Path) -> str:
    """A page as HTML; header and sections are HTML already, and a section of nothing is left out.

    Styles of its own come after that of all pages. Characters that are not seen become escapes.
    """
    html = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        policy=POLICY,
        style="".join(path.read_text(encoding="utf-8") for path in (STYLE, *css)),
        title=escape(title + " (synthetic films)" * synthetic),
        header=header,
        body="".join(f"<h2>{name}</h2>\n{body}" for name, body in sections.items() if body),
    )
    return visible_lines(html)


def inside(kind: str, data: bytes) -> str:
    """The address of data that is in the page itself."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def items(told: Sequence[str]) -> str:
    """Sentences as a list; nothing where there are none."""
    if not told:
        return ""
    return "<ul>\n" + "".join(f"<li>{escape(each)}</li>\n" for each in told) + "</ul>\n"
