"""The README is the newcomer's only guide: what it must name."""

import re
from pathlib import Path

import pytest

import cli
import registry
from datasets import readers

PROJECT = Path(__file__).resolve().parents[1]
README = (PROJECT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_is_in_the_readme(command):
    assert re.search(rf"cli\.py {command}\b", README)


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_flag_has_a_help_text(command, capsys):
    assert cli.main([command, "--help"]) == 0
    shown = capsys.readouterr().out
    for _, hint in cli.flags_of(cli.COMMANDS[command]):
        assert hint.__metadata__[0].split()[0] in shown


@pytest.mark.parametrize("layout", registry.names(readers))
def test_every_layout_is_in_the_readme(layout):
    assert f"`{layout}`" in README


@pytest.mark.parametrize("target", ["make demo", "make test"])
def test_the_two_commands_are_in_the_readme(target):
    assert target in README


def test_pictures_in_the_readme_exist():
    for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (PROJECT / name).is_file()


@pytest.mark.parametrize("name", re.findall(r"python (benchmarks/\w+\.py)", README))
def test_benchmarks_named_in_the_readme_exist(name):
    assert (PROJECT / name).is_file()
