import os
import re
import shutil
import subprocess
import sys
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
    for name in (
        *("requirements.txt", "requirements-cpu.txt", "requirements-dev.txt"),
        "requirements-docs.txt",
    ):
        assert all(">=" in line and "<" in line for line in packages(name))


def locked(name):
    """Version of each package in a lock file, every one of which has hashes of its files."""
    text = (PROJECT / name).read_text()
    pinned = re.findall(r"^(\S+)==(\S+) ((?:\\\n    --hash=sha256:[0-9a-f]{64} ?)+)$", text, re.M)
    told = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert len(pinned) == len(told)
    return {name: version for name, version, _ in pinned}


LOCKS = {
    "requirements-cpu.txt": "requirements-lock.txt",
    "requirements-dev.txt": "requirements-dev-lock.txt",
}


@pytest.mark.parametrize(("ranges", "lock"), LOCKS.items())
def test_every_package_asked_for_is_locked_within_its_range(ranges, lock):
    versions = locked(lock)
    for line in packages(ranges):
        asked = Requirement(line)
        assert asked.specifier.contains(versions[canonicalize_name(asked.name)])


def test_what_tests_need_on_top_moves_no_locked_version():
    first, second = map(locked, LOCKS.values())
    shared = first.keys() & second.keys()
    assert shared
    assert {name: first[name] for name in shared} == {name: second[name] for name in shared}


@pytest.mark.parametrize("lock", LOCKS.values())
def test_a_lock_names_no_server_and_no_folder(lock):
    text = (PROJECT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^--?(?!hash)", text, re.MULTILINE)


def planned(tmp_path, version=(3, 11), system="Linux", machine="x86_64", gpu=False, goal="fast"):
    """What `make` prints as it sets up a fresh copy, with a Python that installs nothing."""
    for path in PROJECT.glob("requirements*.txt"):
        shutil.copy2(path, tmp_path)
    shutil.copy2(PROJECT / "Makefile", tmp_path)
    commands = tmp_path / "commands"
    commands.mkdir(exist_ok=True)
    (commands / "nvidia-smi").write_text(f"#!/bin/sh\nexit {int(not gpu)}\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    pretend = f"import platform, sys; sys.version_info = {version}; "
    pretend += f"platform.system = lambda: {system!r}; platform.machine = lambda: {machine!r}; "
    python.write_text(
        "#!/bin/sh\n"
        f"if [ \"$1\" = -c ]; then exec \"{sys.executable}\" -c \"{pretend}exec(r'''$2''')\"; fi\n"
        'echo "run: $*"\n'
    )
    for path in (python, commands / "nvidia-smi"):
        path.chmod(0o755)
    told = os.environ | {"PATH": f"{commands}:{os.environ['PATH']}"}
    told = {name: value for name, value in told.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    done = subprocess.run(["make", goal], cwd=tmp_path, env=told, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def installed(printed):
    return re.findall(r"^run: -m pip install .* -r (\S+)$", printed, re.MULTILINE)


needs_make = pytest.mark.skipif(not shutil.which("make"), reason="needs make")


@needs_make
@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_make_installs_exact_versions_by_their_hashes_where_they_fit(tmp_path, version):
    printed = planned(tmp_path, version)
    assert installed(printed) == [*LOCKS.values()]
    assert len(re.findall("^run: .*--require-hashes", printed, re.MULTILINE)) == 2
    assert "do not fit" not in printed


@needs_make
@pytest.mark.parametrize(
    "other",
    [{"version": (3, 14)}, {"version": (3, 10)}, {"system": "Darwin"}, {"machine": "aarch64"}],
)
def test_elsewhere_make_installs_the_ranges_and_says_so(tmp_path, other):
    printed = planned(tmp_path, **other)
    assert installed(printed) == [*LOCKS]
    assert "--require-hashes" not in printed
    assert printed.count("do not fit this Python, platform or GPU") == 2


@needs_make
def test_beside_a_gpu_make_installs_the_ranges_of_the_large_wheels(tmp_path):
    printed = planned(tmp_path, gpu=True)
    assert installed(printed) == ["requirements.txt", "requirements-dev.txt"]


@needs_make
def test_the_website_needs_the_program_and_a_list_of_its_own(tmp_path):
    printed = planned(tmp_path, goal="docs")
    assert installed(printed) == ["requirements-lock.txt", "requirements-docs.txt"]
    assert "run: -m mkdocs build --quiet --strict" in printed


@needs_make
def test_a_second_run_installs_nothing(tmp_path):
    planned(tmp_path)
    again = planned(tmp_path)
    assert installed(again) == []
    assert "run: -m pytest" in again
