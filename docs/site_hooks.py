"""What MkDocs does on top: tables made from the code, and pages that lie outside `docs/`."""

import re
import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))

from docs import option_tables  # noqa: E402

OUTSIDE = {
    "../CONTRIBUTING.md": "contributing.md",
    "../CHANGELOG.md": "changelog.md",
    "../README.md": "overview.md",
    "../LICENSE": "licence.md",
    "../CITATION.cff": "CITATION.cff",
    "../examples/tour.ipynb": "tour.ipynb",
    "../examples/slurm.py": "slurm.py",
}
MARKER = re.compile(r"<!-- (options|values|flags): ?(.*?) -->")
LINK = re.compile(r"(\]\()([^)#\s]+)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files outside `docs/` that pages link to."""
    for source, name in OUTSIDE.items():
        path = PROJECT / source.removeprefix("../")
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".md":
            text = LINK.sub(_moved, text)
        if path.name == "LICENSE":
            text = f"# Licence\n\n{text}"
        files.append(File.generated(config, name, content=text))
    return files


def _moved(link: re.Match[str]) -> str:
    """A link of a page in the project's folder, as it is from `docs/`."""
    target = link[2]
    if ":" in target:
        return link[0]
    inside = target.removeprefix("docs/") if target.startswith("docs/") else f"../{target}"
    return link[1] + OUTSIDE.get(inside, inside)


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Fill the tables of a page, and point its links to the files that were added."""
    up = "../" * page.file.src_uri.count("/")

    def landed(link: re.Match[str]) -> str:
        target = OUTSIDE.get(link[2].removeprefix(up))
        return link[1] + up + target if target else link[0]

    return LINK.sub(landed, MARKER.sub(_made, markdown))


def _made(marker: re.Match[str]) -> str:
    kind, argument = marker.groups()
    if kind == "options":
        return option_tables.plugins_table(argument)
    if kind == "values":
        return option_tables.values_table(argument.split(", "))
    return option_tables.commands_table()
