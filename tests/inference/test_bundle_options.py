from dataclasses import fields
from pathlib import Path

import pytest

import cli
from datasets.options import Reading
from inference.bundle_options import Bundled, Explain

WORKING = ("explain", "localize", "predict", "robustness", "serve")
# `score` may evaluate a bundle in place of files of scores.
EVALUATING = ("score",)


@pytest.mark.parametrize("command", WORKING)
def test_every_command_that_uses_a_bundle_names_it_alike(command):
    assert issubclass(cli.COMMANDS[command], Bundled)


def test_no_other_command_asks_for_a_bundle():
    for name in set(cli.COMMANDS) - {*WORKING, *EVALUATING}:
        assert "bundle" not in {item.name for item in fields(cli.COMMANDS[name])}


def test_paths_may_be_strings_and_other_text_stays_text():
    options = Explain(data="films", bundle="runs/b", image=["a.png"], labels="Mass")
    assert Explain().data is None
    assert (options.data, options.bundle) == (Path("films"), Path("runs/b"))
    assert (options.image, options.labels) == ([Path("a.png")], "Mass")
    assert Reading(data="films") == Reading(data=Path("films"))
