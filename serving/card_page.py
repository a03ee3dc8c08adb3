"""The bundle's card as a page that browsers show: whatever names it holds stay text."""

import re
from html import escape, unescape
from pathlib import Path

from markdown_it import MarkdownIt

from reports import pages
from reports.html_tables import scrolling

STYLE = Path(__file__).with_name("card.css")
# A card has none, and a name that looks like one must not become one.
LINKS = ["link", "image", "autolink"]
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable(LINKS)
TAG = re.compile("<[^>]*>")
TABLE = re.compile("<table>.*?</table>", re.DOTALL)


def page(card: str) -> str:
    """A card, which is Markdown, as HTML."""
    title, _, text = card.partition("\n")
    intro, _, rest = text.partition("\n## ")
    heading, _, body = rest.partition("\n")
    sections = {escape(heading): _html(body)}
    return pages.page(_plain(title.lstrip("# ")), False, _html(intro), sections, STYLE)


def _plain(title: str) -> str:
    """A line of Markdown as the text that is read."""
    return unescape(TAG.sub("", MARKDOWN.renderInline(title)))


def _html(text: str) -> str:
    html = MARKDOWN.render(text)
    return TABLE.sub(lambda found: scrolling("Figures", found[0]), html)
