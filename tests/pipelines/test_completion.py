import os
import shutil
import subprocess
import sys

import pytest

import cli
import registry
from datasets import readers
from datasets.options import PROJECT
from features import extractors
from models import classifiers
from pipelines import completion

# What bash does when Tab is pressed after these words.
TAB = """
source ~/.bashrc
COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_hybrid_cxr
echo "${{COMPREPLY[*]}}"
"""


@pytest.mark.parametrize(
    ("option", "package"),
    [("classifiers", classifiers), ("backbone", extractors), ("format", readers)],
)
def test_plug_ins_complete_by_name(option, package):
    assert completion.values_of(option)("") == registry.names(package)


def test_a_group_of_extractors_completes_like_one():
    assert completion.values_of("extractors")("resnet50,clas") == ["resnet50,classical"]


def test_of_a_list_the_last_name_is_completed():
    assert completion.values_of("classifiers")("cnn,dual") == ["cnn,dual_input"]


def test_values_that_are_not_known_are_left_to_the_shell():
    assert completion.values_of("data") is None


def test_bash_reads_the_script_once_however_often_it_is_installed(tmp_path):
    (tmp_path / ".bashrc").write_text("alias l=ls\n")
    for _ in range(2):
        completion.install(tmp_path)
    alias, source = (tmp_path / ".bashrc").read_text().splitlines()
    assert alias == "alias l=ls"
    assert source == f"source {tmp_path / '.bash_completions' / 'hybrid_cxr.sh'}"


def test_installing_is_an_option_of_the_program(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cli.main(["--install-completion"]) == 0
    assert (tmp_path / ".bashrc").is_file()
    assert capsys.readouterr().out.startswith(f"wrote {tmp_path}")


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("cli.py com", "compare"),
        ("cli.py compare --classi", "--classifiers"),
        ("./cli.py compare --classifiers cnn,du", "cnn,dual_input"),
        ("other.py com", ""),
    ],
)
def test_bash_completes_what_is_typed_after_python(tmp_path, typed, expected):
    completion.install(tmp_path)
    program = TAB.format(words=f"{sys.executable} {typed}")
    ran = subprocess.run(
        ["bash", "--norc", "-c", program],
        cwd=PROJECT,
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (ran.stdout.strip(), ran.stderr) == (expected, "")
