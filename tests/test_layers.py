"""The house, read from its own source: who imports whom, and what is raised."""

import ast
import re
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import cli
import errors

PROJECT = Path(__file__).resolve().parents[1]
ORDER = [
    *("datasets", "features", "models", "inference", "clusters", "reports", "serving"),
    "pipelines",
]
KNOWN_TO_ALL = {
    *(
        "arrays",
        "checks",
        "confined",
        "display",
        "errors",
        "escapes",
        "file_names",
        "inputs",
        "progress",
    ),
    *("registry", "spreadsheets", "storage"),
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
    "skimage",
    "onnxruntime",
    "optuna",
}
NOT_OURS = {"NotFittedError", "SystemExit", "KeyError"}
SOURCES = [path for room in MAY_IMPORT for path in sorted((PROJECT / room).rglob("*.py"))] + [
    PROJECT / f"{name}.py" for name in ("cli", "flags", *sorted(KNOWN_TO_ALL))
]


def named(path):
    """A file's path as reports of this test give it."""
    return path.relative_to(PROJECT).as_posix()


TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
MODULES = {named(path).removesuffix(".py").replace("/", "."): path for path in SOURCES}


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


IMPORTS = {path: set(imported(tree)) for path, tree in TREES.items()}


def offenders(is_wrong):
    """The files that a rule finds wrong."""
    return [named(path) for path in SOURCES if is_wrong(path)]


def test_imports_run_one_way():
    def is_wrong(path):
        room = path.relative_to(PROJECT).parts[0]
        allowed = MAY_IMPORT.get(room, OPTIONS if room in COMMAND_LINE else set())
        return set(map(top, IMPORTS[path])) & set(MAY_IMPORT) - allowed

    assert offenders(is_wrong) == []


def test_no_command_imports_another_command():
    names = {f"pipelines.{name}" for name in cli.COMMANDS}
    assert offenders(lambda path: path.parent.name == "pipelines" and names & IMPORTS[path]) == []


def test_no_two_files_stand_on_each_other():
    stands_on = {name: IMPORTS[path] & set(MODULES) - {name} for name, path in MODULES.items()}
    # Raises CycleError, which names the circle.
    assert len(list(TopologicalSorter(stands_on).static_order())) == len(MODULES)


def test_no_function_imports_a_heavy_library():
    def is_wrong(path):
        functions = [node for node in ast.walk(TREES[path]) if isinstance(node, ast.FunctionDef)]
        return any(HEAVY & set(map(top, imported(function))) for function in functions)

    assert offenders(is_wrong) == []


def test_nothing_imports_gradio():
    assert offenders(lambda path: "gradio" in map(top, IMPORTS[path])) == []


def test_onnx_runtime_lives_in_one_file_alone():
    found = offenders(lambda path: "onnxruntime" in map(top, IMPORTS[path]))
    assert found == ["features/onnx_engine.py"]


def test_optuna_lives_in_one_file_alone():
    found = offenders(lambda path: "optuna" in map(top, IMPORTS[path]))
    assert found == ["models/optuna_study.py"]


def test_matplotlib_lives_with_the_plots_alone():
    plots = PROJECT / "reports" / "plots"
    found = offenders(lambda path: "matplotlib" in map(top, IMPORTS[path]) and path.parent != plots)
    assert found == []


def test_scikit_image_is_imported_by_the_extractors_it_computes_alone():
    owners = {f"features/extractors/{name}.py" for name in ("hog", "lbp", "glcm")}
    assert set(offenders(lambda path: "skimage" in map(top, IMPORTS[path]))) == owners


def test_below_the_command_line_nobody_prints_or_exits():
    def is_wrong(path):
        called = {
            node.func.id
            for node in ast.walk(TREES[path])
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        return path.name not in COMMAND_LINE and called & {"print", "exit"}

    assert offenders(is_wrong) == []


def test_tables_are_written_in_one_place_that_makes_cells_safe():
    def is_wrong(path):
        to_files = any(
            isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "to_csv" and node.args
            for node in ast.walk(TREES[path])
        )
        by_hand = "csv" in IMPORTS[path] and path.name != "spreadsheets.py"
        return by_hand or (to_files and path.name != "storage.py")

    assert offenders(is_wrong) == []


def test_every_raised_error_is_of_our_tree():
    def is_wrong(path):
        calls = [node.exc for node in ast.walk(TREES[path]) if isinstance(node, ast.Raise)]
        names = {
            call.func.id
            for call in calls
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        }
        ours = {
            name
            for name, kind in vars(errors).items()
            if isinstance(kind, type) and issubclass(kind, errors.HybridError)
        }
        return names - NOT_OURS - ours

    assert offenders(is_wrong) == []


def test_every_error_of_the_tree_is_raised_somewhere_and_drawn_on_top():
    everything = "".join(path.read_text() for path in SOURCES if path.name != "errors.py")
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and kind is not errors.HybridError:
            assert name in everything
            assert f"── {name} " in errors.__doc__


def test_no_source_file_passes_250_lines():
    assert offenders(lambda path: len(path.read_text().splitlines()) > 250) == []


def test_the_house_has_the_python_it_is_tested_on():
    assert sys.version_info >= (3, 11)


def test_tests_use_no_private_names_of_modules():
    used = []
    for path in sorted((PROJECT / "tests").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if f"{node.module}.{alias.name}" in MODULES
        }
        used += [
            f"{named(path)}: {ast.unparse(node)}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and re.match("_[a-z]", node.attr)
            if isinstance(node.value, ast.Name) and node.value.id in modules
        ]
    assert used == []
