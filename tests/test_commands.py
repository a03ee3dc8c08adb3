"""Every command of the documents runs to its end, smaller than it is typed, on made-up films."""

import json
import re
import shutil
import sys
from importlib.metadata import version
from types import SimpleNamespace

import pytest
from distributed import LocalCluster

from datasets.options import PROJECT
from tests import documents
from tests.fixtures import make

COMMANDS = documents.commands()
# Commands that do not end, need other machines or are tests themselves; who runs each, and how.
ELSEWHERE = {
    r"cli\.py serve": ("tests/serving/servers.py", '"serve", *options'),
    r"curl .*findings": ("tests/serving/test_api.py", "test_curl_sends_images"),
    r"token_urlsafe": ("tests/pipelines/test_serve.py", "print(secrets.token_urlsafe())"),
    r"--cluster local": ("tests/clusters/conftest.py", '"local:2"'),
    r"-m dask": ("tests/clusters/test_interruption.py", '"-m", "dask"'),
    r"-m tests\.faults": ("tests/faults/test_faults.py", '"-m", "tests.faults"'),
    r"-m pytest tests/": (".ci/run", "make test"),
    r"make demo": (".ci/run", "make demo"),
    r"make check": (".ci/run", "make check"),
    r"make test": (".ci/run", "make test"),
    r"make long": (".ci/run", "make long"),
    r"make docs": (".ci/run", "make docs"),
    r"corner_words": ("tests/recipes.py", "documents.run(line, place, patch)"),
}
# What Python in the documents names, and what tests have in its place.
STAND_INS = {"image.png": "IMAGE.png", "image.dcm": "IMAGE.dcm", '"imagenet"': '"random"'}
# In tests of their own: below, and those of benchmarks.
BY_NAME = r"make fast|docs/licences\.py|-m tests\.fixtures\.make|benchmarks/|examples/slurm\.py"


def elsewhere(line):
    """The files that run a command, with the text that does, if it is not run here."""
    return [told for pattern, told in ELSEWHERE.items() if re.search(pattern, line)]


def here(line):
    return documents.arguments_of(line) and "--cluster" not in line and not elsewhere(line)


@pytest.mark.parametrize("line", documents.titled(COMMANDS))
def test_every_command_is_run_by_a_test_or_by_ci(line):
    for path in re.findall(r"(?:tests|examples|docs)/[\w/]+\.py", line):
        assert (PROJECT / path).is_file()
    for file, text in elsewhere(line):
        assert text in (PROJECT / file).read_text(encoding="utf-8")
    assert elsewhere(line) or here(line) or re.search(BY_NAME, line)


@pytest.mark.long
@pytest.mark.parametrize("line", documents.titled(filter(here, COMMANDS)))
def test_every_line_of_the_documents_runs_on_made_up_images(line, documented, monkeypatch):
    monkeypatch.chdir(documented)
    documents.run(line, documented, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "docs/cache.md",
        "docs/features.md",
        "docs/predict.md",
        "docs/tutorials/data_scientist.md",
    ],
)
def test_python_in_the_documents_runs_on_made_up_images(page, documented, monkeypatch, capsys):
    monkeypatch.chdir(documented)
    blocks = list(documents.blocks(PROJECT / page, "python"))
    assert blocks
    for code in blocks:
        for name, made_up in STAND_INS.items():
            code = code.replace(name, made_up)
        exec(compile(code, page, "exec"), {})


class StandIn(LocalCluster):
    """A worker of this machine in the place of SLURM's jobs."""

    def __init__(self, **asked):
        assert {"queue", "account", "walltime"} <= asked.keys()
        places = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
        super().__init__(n_workers=1, threads_per_worker=1, memory_limit=0, **places)

    def adapt(self, minimum, maximum_jobs):
        assert 1 == minimum <= maximum_jobs


@pytest.mark.long
def test_the_command_for_slurm_runs_with_a_worker_that_stands_in(documented, tmp_path, monkeypatch):
    (line,) = [line for line in COMMANDS if "examples/slurm.py" in line]
    monkeypatch.setitem(sys.modules, "dask_jobqueue", SimpleNamespace(SLURMCluster=StandIn))
    monkeypatch.chdir(documented)
    line = line.replace("examples/", f"{PROJECT}/examples/")
    documents.run(line, tmp_path, monkeypatch)


@pytest.mark.long
def test_the_fast_tests_are_some_of_all():
    made = "--old-file=.venv/installed-requirements-dev.txt"
    line = f"make fast RUN={sys.executable} {made}"
    shown, _ = documents.told(line, PROJECT, PYTEST_ADDOPTS="--collect-only")
    some, every = map(int, re.search(r"(\d+)/(\d+) tests collected", shown).groups())
    assert 0 < some < every


@pytest.mark.long
def test_a_folder_of_what_is_kept_says_in_words_what_it_says_now(tmp_path):
    documents.told(f"python -m tests.fixtures.make {tmp_path}/day", PROJECT)
    day = tmp_path / "day"
    said = json.loads((day / "said.json").read_text())
    for name, images in make.said(day, sorted(day.glob("*.png"))).items():
        for image, labels in images.items():
            assert labels == pytest.approx(said[name][image], abs=1e-6)


@pytest.mark.long
def test_the_table_of_licences_has_the_versions_that_are_installed(tmp_path):
    for name in ("docs/licences.py", "requirements-cpu.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, tmp_path / name)
    documents.told(f"python {tmp_path}/docs/licences.py", tmp_path)
    table = (tmp_path / "docs" / "licences.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\S+) \| (\d\S*) \|", table, re.MULTILINE)
    assert len(rows) > 50
    assert all(version(name) == number for name, number in rows)
