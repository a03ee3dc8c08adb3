import shlex
import sys
from types import SimpleNamespace

import cli
from pipelines.command_line import command_of
from pipelines.options import Compare, Score


def test_flags_at_their_default_are_left_out():
    assert command_of("compare", Compare(folds=5)) == "python cli.py compare --folds 5"


def test_places_and_cores_are_left_out(tmp_path):
    options = Compare(out=tmp_path, cache=tmp_path, jobs=3, resume=True)
    assert command_of("compare", options) == "python cli.py compare"


def test_lists_are_repeated_and_names_quoted(tmp_path):
    options = Score(labels=tmp_path / "a b.csv", scores=["x=1.csv", "y=2.csv"], intersect=True)
    told = command_of("score", options)
    assert f"--labels '{tmp_path}/a b.csv' --scores x=1.csv --scores y=2.csv --intersect" in told


def test_a_flag_that_is_on_by_default_is_switched_off():
    assert command_of("compare", Compare(images=False)).endswith("--no-images")


def test_the_command_gives_the_options_again(monkeypatch):
    given = []
    options = Compare(folds=3, set="cnn.hidden=8 cnn.dropout=0.1", metadata=True, split="random")
    words = command_of("compare", options)
    result = SimpleNamespace(text="", values={}, exit_code=0)
    fake = SimpleNamespace(run=lambda options: given.append(options) or result)
    monkeypatch.setitem(sys.modules, "pipelines.compare", fake)
    cli.main(shlex.split(words)[2:])
    assert given == [options]
