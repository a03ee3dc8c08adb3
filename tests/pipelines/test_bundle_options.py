from dataclasses import fields

import pytest

import cli
from pipelines.bundle_options import Bundled

WORKING = ("explain", "localize", "predict", "serve")


@pytest.mark.parametrize("command", WORKING)
def test_every_command_that_uses_a_bundle_names_it_alike(command):
    assert issubclass(cli.COMMANDS[command], Bundled)


def test_no_other_command_asks_for_a_bundle():
    for name in set(cli.COMMANDS) - set(WORKING):
        assert "bundle" not in {item.name for item in fields(cli.COMMANDS[name])}
