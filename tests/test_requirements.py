import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[1]


def packages(name):
    lines = (PROJECT / name).read_text().splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_the_two_lists_differ_in_the_two_small_wheels_alone():
    small = {
        line.replace("tensorflow-cpu", "tensorflow[and-cuda]")
        for line in packages("requirements-cpu.txt")
    }
    small = {line.replace("xgboost-cpu", "xgboost") for line in small}
    assert small == packages("requirements.txt")


def test_every_package_has_a_lower_and_an_upper_bound():
    for name in ("requirements.txt", "requirements-cpu.txt", "requirements-dev.txt"):
        assert all(">=" in line and "<" in line for line in packages(name))


@pytest.fixture(scope="module")
def locked():
    """Version and digests of each package in the lock file."""
    text = (PROJECT / "requirements-lock.txt").read_text()
    pinned = re.findall(r"^(\S+)==(\S+) ((?:\\\n    --hash=sha256:[0-9a-f]{64} ?)+)$", text, re.M)
    told = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert len(pinned) == len(told)
    return {name: version for name, version, _ in pinned}


def test_locked_versions_are_in_the_ranges_asked_for(locked):
    for line in packages("requirements-cpu.txt"):
        asked = Requirement(line)
        assert asked.specifier.contains(locked[canonicalize_name(asked.name)])
