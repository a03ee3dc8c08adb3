import os
import signal
from pathlib import Path

import pytest

import display

# Fixtures of a small bundle, which tests of several rooms share.
pytest_plugins = ("tests.bundles",)

# A test process that ignores interruptions, as those beside each other do, starts commands that
# ignore them too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def no_lines_of_progress(monkeypatch):
    """What a command says does not depend on how busy the machine is."""
    monkeypatch.setattr(display, "SECONDS_BETWEEN_LINES", 600.0)


@pytest.fixture
def no_images_in_the_project(monkeypatch, tmp_path):
    """Images of a set that must be unpacked go into the test's own cache."""
    monkeypatch.setattr("datasets.readers.chestmnist.PROJECT", tmp_path)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real images."""
    place = os.environ.get("CXR_DATA")
    if not place:
        pytest.skip("CXR_DATA is not set: no real images to test on")
    return Path(place).resolve()


@pytest.fixture(scope="session")
def documented(tmp_path_factory) -> Path:
    """A folder with everything that the documents' commands name, a bundle too."""
    # Not every test should wait for what this imports.
    from tests import documents

    place = tmp_path_factory.mktemp("place")
    documents.made_up_files(place)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        documents.run("cli.py train --data FOLDER", place, patch)
    return place
