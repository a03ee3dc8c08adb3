import shlex
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import cli
from datasets.options import command_of
from inference.bundle_options import Explain, Predict
from pipelines.command_options import Cache, Compare, Keypoints, Score


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


IMAGES = [Path("a.png"), Path("b c.png")]
ASKED = {
    "compare": Compare(
        folds=3, set="cnn.hidden=8 cnn.dropout=0.1", metadata=True, images=False, split="random"
    ),
    "score": Score(labels=Path("a b.csv"), scores=["x=1.csv", "y=2.csv"]),
    "explain": Explain(image=IMAGES, labels="Mass"),
    "predict": Predict(image=IMAGES, csv=Path("c.csv")),
    "keypoints": Keypoints(image=IMAGES, gallery=3),
    "cache": Cache(action="prune", days=3.5),
}


@pytest.mark.parametrize("name", ASKED)
def test_the_command_gives_the_options_again(name, monkeypatch):
    given = []
    words = command_of(name, ASKED[name])
    result = SimpleNamespace(text="", values={}, exit_code=0)
    fake = SimpleNamespace(run=lambda options: given.append(options) or result)
    monkeypatch.setitem(sys.modules, f"pipelines.{name}", fake)
    cli.main(shlex.split(words)[2:])
    assert given == [ASKED[name]]
