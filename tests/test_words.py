"""The words of everything shown on a screen: help, errors, warnings and progress."""

import ast
import re

import pytest

import cli
from tests.test_docs import NOT_OURS
from tests.test_layers import PROJECT, SOURCES

# A flag may keep its old name beside the new one.
WORDS = re.compile(rf"(?<!-)\b(?:{'|'.join(NOT_OURS)})\b", re.IGNORECASE)

SHOWING = ("say", "warn", "detail", "step", "stage", "track")


def messages(source):
    """Every text in an exception that is raised, or in a call that shows one."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        shown = isinstance(node, ast.Call) and getattr(node.func, "id", "") in SHOWING
        for part in ast.walk(node) if shown or isinstance(node, ast.Raise) else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_help_is_written_in_the_words_of_the_field(command, capsys):
    cli.main([command, "--help"])
    assert WORDS.findall(capsys.readouterr().out) == []


def test_messages_are_written_in_the_words_of_the_field():
    used = {
        source.relative_to(PROJECT).as_posix(): words
        for source in SOURCES
        if (words := [word for text in messages(source) for word in WORDS.findall(text)])
    }
    assert used == {}
