"""Runs a contract on the files that a recipe of the documents holds, without touching the house.

    python -m tests.recipes FOLDER CONTRACT NAME

FOLDER has the recipe's files under the paths they are written for; what it adds to tests/fakes.py
is run there.
"""

import importlib
import sys
from pathlib import Path

import pytest

from tests import fakes

PACKAGES = ("features.extractors", "models.classifiers", "datasets.readers")


def main(folder: Path, contract: str, name: str) -> int:
    for package in PACKAGES:
        found = importlib.import_module(package)
        found.__path__.append(str(folder / package.replace(".", "/")))
    more = folder / "tests" / "fakes.py"
    if more.is_file():
        exec(more.read_text(), vars(fakes))
    return pytest.main(["-q", "-m", "not slow", "-k", name, contract])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
