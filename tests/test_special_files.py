"""Every door of the command line that takes a file, given a pipe or a device: nothing may wait."""

import os
import signal
from contextlib import contextmanager

import pytest

import cli
from tests import fakes

SECONDS = 20
WORDS = ("--extractors", "sift_words", "--set", "sift_words.n_words=4")
IMAGES = {
    "data": ("data", "--data", "{films}", "--check-images", "--out", "{out}"),
    "extract": ("extract", "--data", "{films}", *WORDS, "--cache", "{cache}", "--out", "{out}"),
    "duplicates": (
        "data",
        "--data",
        "{films}",
        "--duplicates",
        "--cache",
        "{cache}",
        "--out",
        "{out}",
    ),
}
DOORS = {
    "score labels": ("score", "--labels", "{bad}", "--scores", "a={table}"),
    "score scores": ("score", "--labels", "{table}", "--scores", "a={bad}", "--out", "{out}"),
    "split": ("data", "--data", "{films}", "--split", "{bad}", "--out", "{out}"),
    "weights": ("extract", "--data", "{films}", "--extractors", "resnet50", "--weights", "{bad}"),
    "backbone": ("extract", "--data", "{films}", "--backbone", "{bad}.keras"),
    "bundle": ("predict", "--bundle", "{bad}", "{films}"),
    "contents of a bundle": ("predict", "--bundle", "{bundle}", "{films}"),
    "list of images": ("predict", "--bundle", "{bundle}", "{bad}.csv"),
    "labels in a folder": ("data", "--data", "{folder}", "--out", "{out}"),
    "out": ("data", "--data", "{films}", "--out", "{bad}"),
    "save split": (
        "data",
        "--data",
        "{films}",
        "--save-split",
        "{bad}/split.json",
        "--out",
        "{out}",
    ),
    "cache": ("extract", "--data", "{films}", *WORDS, "--cache", "{bad}", "--out", "{out}"),
}
SPECIAL = {"pipe": os.mkfifo, "device": lambda path: path.symlink_to("/dev/zero")}


@contextmanager
def in_time():
    """Fails what waits for a pipe, where pytest would wait for ever."""

    def late(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.fixture(params=SPECIAL)
def place(tmp_path, request):
    """Paths by name, those of files that are none among them."""
    special = SPECIAL[request.param]
    fakes.sick_and_well(tmp_path / "films", 12)
    for name in ("bad", "bad.keras", "bad.csv", "bad.png"):
        special(tmp_path / name)
    for name in ("bundle/bundle.json", "folder/Ground_Truth.csv"):
        (tmp_path / name).parent.mkdir()
        special(tmp_path / name)
    (tmp_path / "table").write_text("image,Mass\na.png,1\nb.png,0\n")
    names = ("films", "bad", "bundle", "folder", "table", "out", "cache")
    return {name: tmp_path / name for name in names} | {"special": special}


def code_of(words, place):
    with in_time():
        return cli.main([word.format(**place) for word in words])


@pytest.mark.slow
@pytest.mark.parametrize("door", IMAGES)
def test_an_image_that_is_no_file_is_skipped_with_its_reason(place, door):
    place["special"](place["films"] / "sick" / "bad.png")
    assert code_of(IMAGES[door], place) == 1
    table = (place["out"] / "skipped.csv").read_text()
    assert table.count("the file cannot be read: it is a") == 1


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
def test_a_file_that_is_none_is_refused_in_a_sentence(place, door, capsys):
    assert code_of(DOORS[door], place) == 2
    told = capsys.readouterr().err
    assert "Traceback" not in told
    assert told.count("error: ") + told.count("Error") == 1


@pytest.mark.slow
def test_an_image_that_is_named_and_is_none_is_skipped(place, capsys):
    words = ("keypoints", "{bad}.png", "{films}/sick/f0.png", "--out", "{out}")
    assert code_of(words, place) == 1
    assert "skipped bad.png: the file cannot be read: it is a" in capsys.readouterr().out
