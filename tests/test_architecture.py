"""The documents draw the house as it is."""

import ast
import re
from itertools import combinations

import pytest

from datasets.options import PROJECT
from tests import documents, test_layers

ARCHITECTURE = PROJECT / "docs" / "architecture.md"
PAGES = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", ARCHITECTURE]
ROOMS = {path.parent.name for path in PROJECT.glob("*/__init__.py")}


def drawn(page):
    """The folders of the first tree on a page, from the top down."""
    tree = next(block for block in documents.blocks(page) if block.startswith("cli.py "))
    return re.findall(r"^(\w+)/ ", tree, re.MULTILINE)


def steps():
    """Each file on the path of an image, with the functions that it is followed through."""
    text = ARCHITECTURE.read_text(encoding="utf-8")
    for file, names in re.findall(r"^\d+\. `([\w/]+\.py)`: ((?:`[\w.]+`(?: and )?)+)", text, re.M):
        yield file, re.findall(r"`([\w.]+)`", names)


def functions(file):
    """Functions of a file, and methods after the name of their class."""
    for node in ast.parse((PROJECT / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        if isinstance(node, ast.ClassDef):
            yield from (
                f"{node.name}.{item.name}"
                for item in node.body
                if isinstance(item, ast.FunctionDef)
            )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_tree_has_every_folder_of_the_program_once(page):
    assert sorted(drawn(page)) == sorted(ROOMS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_folder_of_the_tree_imports_one_above_it(page):
    for upper, lower in combinations(drawn(page), 2):
        assert upper not in test_layers.MAY_IMPORT[lower], (upper, lower)


def test_files_that_belong_to_no_folder_are_all_listed():
    (_, files) = documents.blocks(ARCHITECTURE)
    listed = re.findall(r"^(\w+\.py) ", files, re.MULTILINE)
    assert sorted(["cli.py", *listed]) == sorted(path.name for path in PROJECT.glob("*.py"))


def test_the_path_of_an_image_passes_functions_that_are_there():
    path = list(steps())
    assert 10 < len(path) <= 20
    for file, names in path:
        assert set(names) <= set(functions(file)), file


def test_the_path_of_an_image_enters_the_rooms_in_order():
    entered = list(dict.fromkeys(file.partition("/")[0] for file, _ in steps() if "/" in file))
    assert entered == ["pipelines", "datasets", "features", "models", "evaluation", "reports"]
