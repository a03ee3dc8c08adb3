"""HTML pages that need no network: one file each, with style and pictures inside."""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template

from escapes import visible_lines

TEMPLATE = Path(__file__).with_name("page.html")
STYLE = Path(__file__).with_name("page.css")
# Nothing is loaded from elsewhere, no script runs, and no form or link base can be injected.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'"
)


def page(title: str, synthetic: bool, header: str, sections: Mapping[str, str], *css: Path) -> str:
    """A page as HTML; header and sections are HTML already, and empty sections are left out.

    Its own styles follow the common one. Invisible characters become escapes.
    """
    html = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        policy=POLICY,
        style="".join(path.read_text(encoding="utf-8") for path in (STYLE, *css)),
        title=escape(title + " (synthetic images)" * synthetic),
        header=header,
        body="".join(f"<h2>{name}</h2>\n{body}" for name, body in sections.items() if body),
    )
    return visible_lines(html)


def inside(kind: str, data: bytes) -> str:
    """The address of data that is in the page itself."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def items(sentences: Sequence[str]) -> str:
    """Sentences as a list; nothing where there are none."""
    if not sentences:
        return ""
    return "<ul>\n" + "".join(f"<li>{escape(each)}</li>\n" for each in sentences) + "</ul>\n"
