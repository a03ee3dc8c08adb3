"""The website of the documentation, where MkDocs is installed."""

import ast
import html
import re

import pytest
import yaml

import cli
from datasets.options import PROJECT
from tests import documents

PAGES = sorted((PROJECT / "docs").rglob("*.md"))
API = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")
CITATION = (PROJECT / "CITATION.cff").read_text(encoding="utf-8")


def navigation():
    settings = (PROJECT / "mkdocs.yml").read_text(encoding="utf-8")
    return yaml.safe_load(settings.partition("\nnav:\n")[2])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of a site that was built without a warning."""
    pytest.importorskip("mkdocs")
    place = tmp_path_factory.mktemp("site")
    line = f"python -m mkdocs build --quiet --strict --site-dir {place}"
    documents.told(line, PROJECT, NO_MKDOCS_2_WARNING="1")
    return place


def test_every_page_is_in_the_navigation_once():
    pages = [page for section in navigation() for page in _leaves(section)]
    assert len(pages) == len(set(pages))
    assert {page.relative_to(PROJECT / "docs").as_posix() for page in PAGES} <= set(pages)


def _leaves(node):
    if isinstance(node, dict):
        return [leaf for value in node.values() for leaf in _leaves(value)]
    return [leaf for each in node for leaf in _leaves(each)] if isinstance(node, list) else [node]


@pytest.mark.slow
def test_the_site_has_a_search_box_and_an_index(site):
    assert 'placeholder="Search"' in (site / "index.html").read_text(encoding="utf-8")
    assert (site / "search" / "search_index.json").stat().st_size > 100_000


@pytest.mark.slow
@pytest.mark.parametrize("page", ["classifiers", "features", "commands"])
def test_tables_that_are_made_from_the_code_are_on_their_page(site, page):
    text = html.unescape((site / f"{page}.html").read_text(encoding="utf-8"))
    assert "<!-- " not in re.sub(r"<!-- *(Hidden|Theme).*?-->", "", text)
    words = {"classifiers": "focal_gamma", "features": "n_gaussians", "commands": "--replicates"}
    assert f"<code>{words[page]}</code>" in text


@pytest.mark.slow
def test_the_classes_of_the_api_page_have_their_docstrings(site):
    text = (site / "api.html").read_text(encoding="utf-8")
    for name in ("Predictor", "FeatureStore", "ResNet50", "LateFusion", "evaluate"):
        assert re.search(rf'<h3 id="[\w.]*\.{name}"', text)


@pytest.mark.slow
def test_no_page_loads_anything_from_another_server(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not re.search(r'<(?:script|img|link)[^>]*(?:src|href)="https?://', text), page.name


def test_the_version_to_cite_is_that_of_the_program():
    assert f"\nversion: {cli.VERSION}\n" in CITATION


def test_the_changelog_starts_with_the_version_of_the_program():
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## (\S+)", changelog, re.MULTILINE)[1]
    assert cli.VERSION.startswith(newest)


@pytest.mark.parametrize("name", re.findall(r"^::: (\S+)", API, re.MULTILINE))
def test_what_the_api_page_describes_is_there(name):
    module, _, thing = name.rpartition(".")
    if thing.islower() and (PROJECT / f"{name.replace('.', '/')}.py").is_file():
        return
    source = (PROJECT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
    assert thing in [getattr(node, "name", "") for node in ast.parse(source).body]
