"""HTML pages that need no network: one file each, with style, pictures and a script inside."""

import base64
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

from escapes import visible_lines

TEMPLATE = Path(__file__).with_name("page.html")
STYLE = Path(__file__).with_name("page.css")
# Sorts and folds tables.
SCRIPT = Path(__file__).with_name("page.js").read_text(encoding="utf-8")
SCRIPT_SOURCE = f"'sha256-{base64.b64encode(sha256(SCRIPT.encode()).digest()).decode()}'"
# Nothing is loaded from elsewhere, no other script runs, and no form or link base can be injected.
POLICY = (
    f"default-src 'none'; script-src {SCRIPT_SOURCE}; img-src data:; style-src 'unsafe-inline';"
    " base-uri 'none'; form-action 'none'"
)
START = re.compile('<table class="sortable">|<details>')
# Fewer sections need no contents.
LEAST_SECTIONS = 3


def page(title: str, synthetic: bool, header: str, sections: Mapping[str, str], *css: Path) -> str:
    """A page as HTML; header and sections are HTML already, and empty sections are left out.

    Its own styles follow the common one. Invisible characters become escapes.
    """
    shown = {name: body for name, body in sections.items() if body}
    html = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        policy=POLICY,
        style="".join(path.read_text(encoding="utf-8") for path in (STYLE, *css)),
        title=escape(title + " (synthetic images)" * synthetic),
        header=header,
        contents=_contents(list(shown)) if len(shown) >= LEAST_SECTIONS else "",
        body="".join(
            f'<h2 id="{_anchor(name)}">{name}</h2>\n{body}' for name, body in shown.items()
        ),
        script=f"<script>{SCRIPT}</script>\n" if _moves(shown) else "",
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


def folded(title: str, body: str) -> str:
    """HTML under a heading that opens it; nothing where there is none."""
    if not body:
        return ""
    return f"<details>\n<summary>{escape(title)}</summary>\n{body}</details>\n"


def _contents(names: Sequence[str]) -> str:
    """Links to all sections, which stay in view."""
    links = "".join(f'<li><a href="#{_anchor(name)}">{name}</a></li>\n' for name in names)
    return f'<nav aria-label="Contents">\n<ul>\n{links}</ul>\n</nav>\n'


def _moves(sections: Mapping[str, str]) -> bool:
    """Whether there is anything to sort or to fold."""
    return any(START.search(body) for body in sections.values())


def _anchor(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower()).strip("-")
