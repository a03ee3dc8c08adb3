import errno
import fcntl
import gc
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from datasets import sources
from features import locks
from features.pruning import prune
from features.recipe import fingerprint
from features.store import FeatureStore
from pipelines import asked_features
from pipelines.command_options import Extract
from tests import fakes
from tests.features import stubs

# Each test is quick; their seconds add up.
pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[2]
HEX = "0123456789abcdef" * 2


def made(cache, name="old", used=False):
    """The folder of a store; unless it is used, nobody has used it since 1970."""
    store = FeatureStore(cache, stubs.recipe(name))
    store.write(["a", "b"], ["1", "2"], np.eye(2, dtype=np.float32))
    if used:
        return store
    os.utime(store.folder / "recipe.json", (0, 0))
    return store.folder


def removed(cache, days=30):
    gc.collect()
    return [each.path for each in prune(cache, days) if not each.left]


def left(cache, days=30):
    gc.collect()
    return {each.path: each.left for each in prune(cache, days) if each.left}


def test_what_nobody_used_goes_with_its_size_and_the_rest_stays(tmp_path):
    folder, new = made(tmp_path), FeatureStore(tmp_path, stubs.recipe("new")).folder
    size = sum(path.stat().st_size for path in folder.iterdir())
    gc.collect()
    assert list(prune(tmp_path, 30)) == [(folder, size, "")]
    assert new.is_dir()


def test_what_was_set_aside_or_never_finished_goes_from_a_store_that_stays(tmp_path):
    folder = FeatureStore(tmp_path, stubs.recipe("new")).folder
    aside, unfinished = folder / f"damaged-part-{HEX}.parquet", folder / f".{HEX}.tmp"
    being_written, elsewhere = folder / f".{HEX[::-1]}.tmp", tmp_path / f".{HEX}.tmp.parquet"
    for path in (aside, unfinished, being_written, elsewhere):
        path.write_bytes(b"123")
    for path in (unfinished, elsewhere):
        os.utime(path, (0, 0))
    assert set(removed(tmp_path)) == {aside, unfinished, elsewhere}
    assert being_written.exists()


@pytest.mark.parametrize("recipe", ["", "{", "[]", '{"extractor": "old", "version": 2}'])
def test_a_store_whose_recipe_is_damaged_is_known_by_its_parts(tmp_path, recipe):
    folder = made(tmp_path)
    (folder / "recipe.json").write_text(recipe)
    os.utime(folder / "recipe.json", (0, 0))
    assert removed(tmp_path) == [folder]


def test_a_folder_of_photographs_with_a_recipe_is_left_and_named(tmp_path):
    folder = tmp_path / "photographs"
    folder.mkdir()
    (folder / "recipe.json").write_text('{"cake": "two eggs"}')
    (folder / "holiday.png").write_bytes(b"sea")
    assert left(tmp_path, 0) == {folder: "it is no store of this program"}
    assert (folder / "holiday.png").read_bytes() == b"sea"


@pytest.mark.parametrize("name", ["holiday.png", "part-1.parquet", ".hidden", "more"])
def test_a_store_with_a_file_of_somebody_elses_is_left_whole_and_named(tmp_path, name):
    folder = made(tmp_path)
    (folder / name).mkdir() if name == "more" else (folder / name).write_text("mine")
    files = sorted(folder.iterdir())
    assert left(tmp_path) == {folder: f"it holds {name!r}, which this program did not write"}
    assert sorted(folder.iterdir()) == files


def test_a_folder_named_like_a_store_with_a_recipe_of_something_else_is_left(tmp_path):
    folder = tmp_path / "cakes-0123456789ab"
    folder.mkdir()
    (folder / "recipe.json").write_text('{"extractor": "cakes"}')
    assert left(tmp_path, 0) == {folder: "nothing in it shows that this program made it"}


def test_links_are_left_and_what_they_lead_to_too(tmp_path):
    cache, elsewhere = tmp_path / "cache", tmp_path / "elsewhere"
    cache.mkdir()
    folder = made(elsewhere)
    (cache / folder.name).symlink_to(folder)
    (cache / f".{HEX}.tmp").symlink_to(folder / "recipe.json")
    assert set(left(cache, 0).values()) == {"it is a link"}
    assert removed(cache, 0) == []
    assert (folder / "recipe.json").is_file()


def test_a_link_among_a_stores_files_is_left_with_the_store(tmp_path):
    folder = made(tmp_path)
    (folder / f"part-{HEX}.parquet").symlink_to("/etc/passwd")
    assert list(left(tmp_path)) == [folder]
    assert removed(tmp_path) == []


def test_a_folder_that_becomes_a_link_at_the_last_moment_is_left(tmp_path, monkeypatch):
    folder, aside = made(tmp_path / "cache"), tmp_path / "aside"
    real = os.path.lexists

    def swapped(path):
        found = real(path)
        folder.rename(aside)
        folder.symlink_to(aside)
        return found

    monkeypatch.setattr(os.path, "lexists", swapped)
    assert removed(tmp_path / "cache") == []
    assert (aside / "recipe.json").is_file()


def test_what_a_command_uses_is_left_and_named_until_it_ends(tmp_path):
    store = made(tmp_path, used=True)
    assert left(tmp_path, 0) == {store.folder: "a command is using it"}
    folder = store.folder
    del store
    assert removed(tmp_path, 0) == [folder]


def test_a_file_that_a_command_holds_is_left(tmp_path):
    token, owner = tmp_path / f".{HEX}.tmp", locks.Owner()
    token.touch()
    os.utime(token, (0, 0))
    locks.share(token, owner)
    assert removed(tmp_path) == []
    del owner
    assert removed(tmp_path) == [token]


def test_where_a_disk_has_no_locks_what_changed_within_the_hour_is_left(tmp_path, monkeypatch):
    def refuse(descriptor, how):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    folder = made(tmp_path)
    assert "its disk has no locks" in left(tmp_path, 0)[folder]
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    assert removed(tmp_path, 0) == [folder]


def test_what_may_not_be_removed_is_named_with_the_reason(tmp_path, monkeypatch):
    folder = made(tmp_path)

    def refuse(name, **where):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "unlink", refuse)
    assert left(tmp_path) == {folder: "permission denied"}


def test_a_store_that_was_removed_while_it_was_opened_is_made_again(tmp_path, monkeypatch):
    real, done = fcntl.flock, []

    def pruned_first(descriptor, how):
        if how == fcntl.LOCK_SH and not done:
            done.append(True)
            for path in tmp_path.iterdir():
                path.rmdir()
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", pruned_first)
    folder = FeatureStore(tmp_path, stubs.recipe("any")).folder
    assert json.loads((folder / "recipe.json").read_text()) == stubs.recipe("any")
    assert folder.name.endswith(fingerprint(stubs.recipe("any")))


PRUNES = """
import sys, time
from pathlib import Path
from features.pruning import prune
print("ready", flush=True)
while not time.sleep(0.01):
    list(prune(Path(sys.argv[1]), 0))
"""


@pytest.mark.slow
def test_an_extraction_under_constant_pruning_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("features.branch.ROWS_PER_PART", 2)
    data, cache = fakes.sick_and_well(tmp_path / "films", 24), tmp_path / "cache"
    cache.mkdir()
    options = Extract(
        **{"data": data, "cache": cache, "extractors": "orb_words,sift_words", "jobs": 2},
        set="orb_words.n_words=8 orb_words.image_size=128 sift_words.n_words=8",
    )
    child = [sys.executable, "-c", PRUNES, str(cache)]
    with subprocess.Popen(child, cwd=PROJECT, stdout=subprocess.PIPE) as pruning:
        try:
            pruning.stdout.readline()
            images = sources.images_of(options)
            extracted = asked_features.extract(images, options)
            for name, branch in extracted.branches.items():
                assert branch.computed == len(extracted.features(name).values) == 24
                assert (branch.store.folder / "recipe.json").is_file()
                assert len(list(branch.store.folder.glob("part-*"))) >= 12
            again = asked_features.extract(images, options)
            assert [branch.computed for branch in again.branches.values()] == [0, 0]
        finally:
            pruning.kill()
