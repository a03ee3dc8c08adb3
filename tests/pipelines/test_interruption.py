"""What is killed at any moment goes on where it was, and nothing is lost or half-written."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from features.digests import Digests
from features.store import FeatureStore
from features.upkeep import stores
from tests import fakes

PROJECT = Path(__file__).resolve().parents[2]
FILMS = 60
# Parts of four rows, so that a short run writes many.
PROGRAM = (
    "import sys, cli; from features import extraction; extraction.ROWS_PER_PART = 4;"
    "sys.exit(cli.main(sys.argv[1:]))"
)
SETTINGS = (
    "orb_words.n_words=16 orb_words.image_size=256 sift_words.n_words=16 sift_words.n_keypoints=200"
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("films")
    for number in range(FILMS):
        path = root / ("sick", "well")[number % 2] / f"f{number}.png"
        fakes.write_picture(path, number, size=200)
    return root


def start(root, cache):
    arguments = ["extract", "--data", str(root), "--extractors", "orb_words,sift_words"]
    arguments += ["--set", SETTINGS, "--cache", str(cache), "--out", str(cache / "out")]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        **{"cwd": PROJECT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL},
        start_new_session=True,
    )


def vectors(cache):
    """Every vector by extractor and film's digest."""
    found = {}
    for stored in stores(cache):
        store = FeatureStore(cache, stored.recipe)
        store.load_learned(Digests(cache))
        keys = sorted(store.refresh().rows)
        values = store.read(np.array(keys, object), keys).values
        found[store.name] = dict(zip(keys, map(bytes, values), strict=True))
    return found


@pytest.fixture(scope="module")
def unbroken(root, tmp_path_factory):
    cache = tmp_path_factory.mktemp("unbroken")
    assert start(root, cache).wait() == 0
    found = vectors(cache)
    assert {name: len(rows) for name, rows in found.items()} == {
        **{"orb_words": FILMS, "sift_words": FILMS},
    }
    return found


def test_killed_again_and_again_it_ends_with_the_same_bits(root, tmp_path, unbroken):
    rng = random.Random(0)
    for _ in range(5):
        process = start(root, tmp_path)
        try:
            process.wait(rng.uniform(1.5, 4))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert start(root, tmp_path).wait() == 0
    assert vectors(tmp_path) == unbroken


def test_two_at_once_on_one_cache_end_with_the_same_bits(root, tmp_path, unbroken):
    processes = [start(root, tmp_path) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    assert vectors(tmp_path) == unbroken


def test_after_a_flipped_bit_it_ends_with_the_same_bits(root, tmp_path, unbroken):
    assert start(root, tmp_path).wait() == 0
    part = sorted(tmp_path.glob("sift_words-*/part-*"))[3]
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 8
    part.write_bytes(data)
    assert start(root, tmp_path).wait() == 0
    assert vectors(tmp_path) == unbroken
    assert list(tmp_path.glob("sift_words-*/damaged-*"))
