"""Runs a contract on the files that a recipe of the documents holds, apart from the project.

    python -m tests.recipes FOLDER CONTRACT NAME PLACE

FOLDER has the recipe's files under the paths they are written for. What it adds to tests/fakes.py
is executed there, its own tests are run, and so are commands of the documents that name it, in
PLACE, which has the files that they name.
"""

import importlib
import sys
from pathlib import Path

import pytest

from tests import documents, fakes

PACKAGES = ("features.extractors", "models.classifiers", "datasets.readers")


def main(folder: Path, contract: str, name: str, place: Path) -> int:
    for package in PACKAGES:
        found = importlib.import_module(package)
        found.__path__.append(str(folder / package.replace(".", "/")))
    more = folder / "tests" / "fakes.py"
    if more.is_file():
        exec(more.read_text(), vars(fakes))
    own = map(str, folder.rglob("test_*.py"))
    code = pytest.main(["-q", "-m", "not slow", "-k", name, contract, *own])
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        for line in documents.commands():
            if f",{name} " in line:
                documents.run(line, place, patch)
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:4], Path(sys.argv[4])))
