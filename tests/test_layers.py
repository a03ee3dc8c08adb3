"""The house, read from its own source: who imports whom, and what is raised."""

import ast
import re
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import cli
import errors

PROJECT = Path(__file__).resolve().parents[1]
ORDER = [
    *("datasets", "features", "models", "inference", "clusters", "reports", "serving"),
    "pipelines",
]
KNOWN_TO_ALL = {
    *("arrays", "checks", "confined", "errors", "escapes", "file_names", "progress", "registry"),
    *("spreadsheets", "storage"),
}
# evaluation is arithmetic: models and pipelines may use it, and it knows errors alone.
MAY_IMPORT = {room: {*ORDER[:place], room} for place, room in enumerate(ORDER)}
MAY_IMPORT["evaluation"] = {"evaluation"}
for upper in ORDER[ORDER.index("models") :]:
    MAY_IMPORT[upper].add("evaluation")
COMMAND_LINE = ("cli.py", "flags.py")
# Rooms whose options classes the command line reads.
OPTIONS = {"datasets", "inference", "serving", "pipelines"}
HEAVY = {
    "tensorflow",
    "keras",
    "cv2",
    "xgboost",
    "matplotlib",
    "pydicom",
    "dask",
    "distributed",
}
NOT_OURS = {"NotFittedError", "SystemExit", "KeyError"}
SOURCES = [path for room in MAY_IMPORT for path in sorted((PROJECT / room).rglob("*.py"))] + [
    PROJECT / f"{name}.py" for name in ("cli", "flags", *sorted(KNOWN_TO_ALL))
]


MODULES = {".".join(path.relative_to(PROJECT).with_suffix("").parts) for path in SOURCES}


def imported(tree):
    """Modules by their whole names, whether a module or something in it is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def top(name):
    return name.split(".")[0]


@pytest.fixture(params=SOURCES, ids=lambda path: str(path.relative_to(PROJECT)))
def source(request):
    return request.param


def test_imports_run_one_way(source):
    room = source.relative_to(PROJECT).parts[0]
    ours = {top(name) for name in imported(ast.parse(source.read_text()))} & set(MAY_IMPORT)
    allowed = MAY_IMPORT.get(room, OPTIONS if room in COMMAND_LINE else set())
    assert ours <= allowed


def test_no_command_imports_another_command(source):
    names = {f"pipelines.{name}" for name in cli.COMMANDS}
    assert source.parent.name != "pipelines" or not names & set(
        imported(ast.parse(source.read_text()))
    )


def test_no_two_files_stand_on_each_other():
    modules = {".".join(path.relative_to(PROJECT).with_suffix("").parts): path for path in SOURCES}
    stands_on = {
        name: set(imported(ast.parse(path.read_text()))) & set(modules) - {name}
        for name, path in modules.items()
    }
    # Raises CycleError, which names the circle.
    assert len(list(TopologicalSorter(stands_on).static_order())) == len(modules)


def test_heavy_libraries_are_imported_at_the_top_alone(source):
    tree = ast.parse(source.read_text())
    at_top = {top(name) for name in imported(ast.Module(tree.body, [])) if top(name) in HEAVY}
    inside = {top(name) for node in tree.body for name in imported(node)} & HEAVY
    assert inside == at_top


def test_nothing_imports_gradio(source):
    assert "gradio" not in {top(name) for name in imported(ast.parse(source.read_text()))}


def test_matplotlib_lives_with_the_plots_alone(source):
    names = {top(name) for name in imported(ast.parse(source.read_text()))}
    assert "matplotlib" not in names or source.parent == PROJECT / "reports" / "plots"


def test_below_the_command_line_nobody_prints_or_exits(source):
    called = {
        node.func.id
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert source.name in COMMAND_LINE or not called & {"print", "exit"}


def test_tables_are_written_in_one_place_that_makes_cells_safe(source):
    tree = ast.parse(source.read_text())
    assert "csv" not in imported(tree) or source.name == "spreadsheets.py"
    to_files = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "to_csv" and node.args
    ]
    assert not to_files or source.name == "storage.py"


def test_every_raised_error_is_of_our_tree(source):
    raised = [
        node.exc for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Raise)
    ]
    names = {
        call.func.id
        for call in raised
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }
    assert all(
        issubclass(vars(errors).get(name, object), errors.HybridError) for name in names - NOT_OURS
    )


def test_every_error_of_the_tree_is_raised_somewhere_and_drawn_on_top():
    everything = "".join(path.read_text() for path in SOURCES if path.name != "errors.py")
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and kind is not errors.HybridError:
            assert name in everything
            assert f"── {name} " in errors.__doc__


def test_no_source_file_passes_250_lines(source):
    assert len(source.read_text().splitlines()) <= 250


def test_the_house_has_the_python_it_is_tested_on():
    assert sys.version_info >= (3, 11)


@pytest.mark.parametrize(
    "path", sorted((PROJECT / "tests").rglob("*.py")), ids=lambda path: path.stem
)
def test_tests_use_no_private_names_of_modules(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if f"{node.module}.{alias.name}" in MODULES
    }
    assert not [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and re.match("_[a-z]", node.attr)
        if isinstance(node.value, ast.Name) and node.value.id in modules
    ]
