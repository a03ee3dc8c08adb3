"""The model card as a web page; names in it stay plain text."""

import re
from html import escape, unescape
from pathlib import Path

from markdown_it import MarkdownIt

from reports import pages
from reports.html_tables import scrolling

STYLE = Path(__file__).with_name("card.css")
# A card has no links, and names that look like links must not become links.
LINKS = ["link", "image", "autolink"]
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable(LINKS)
TAG = re.compile("<[^>]*>")
TABLE = re.compile("<table>.*?</table>", re.DOTALL)


def page(card: str) -> str:
    """A model card in Markdown as HTML."""
    title, _, text = card.partition("\n")
    intro, _, rest = text.partition("\n## ")
    heading, _, body = rest.partition("\n")
    sections = {escape(heading): _html(body)}
    return pages.page(_plain(title.lstrip("# ")), False, _html(intro), sections, STYLE)


def _plain(title: str) -> str:
    """A line of Markdown as plain text."""
    return unescape(TAG.sub("", MARKDOWN.renderInline(title)))


def _html(text: str) -> str:
    html = MARKDOWN.render(text)
    return TABLE.sub(lambda table: scrolling("Figures", table[0]), html)
