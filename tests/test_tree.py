"""tests/ repeats the tree: every source file has its test file, and no test file is an orphan."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
ROOMS = ("datasets", "features", "models", "evaluation", "pictures", "pipelines")
SOURCES = sorted(
    path.relative_to(PROJECT)
    for room in ROOMS
    for path in (PROJECT / room).rglob("*.py")
    if path.name not in ("__init__.py", "options.py")
)


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_every_source_file_has_its_tests(source):
    assert (PROJECT / "tests" / source.parent / f"test_{source.name}").is_file()


def test_no_test_file_is_an_orphan():
    names = {f"test_{source.name}" for source in SOURCES}
    mirrored = [path for room in ROOMS for path in (PROJECT / "tests" / room).rglob("test_*.py")]
    assert {path.name for path in mirrored} - names <= {
        "test_bombs.py",
        "test_contract.py",
        "test_extractors.py",
        "test_interruption.py",
        "test_properties.py",
    }
