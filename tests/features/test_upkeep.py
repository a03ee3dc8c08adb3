import os
import time

import numpy as np
import pytest

from features import upkeep
from features.digests import Digests
from features.recipe import digest
from features.store import FeatureStore
from storage import state_of
from tests.features import stubs


@pytest.fixture
def store(tmp_path):
    store = FeatureStore(tmp_path, stubs.recipe("any"))
    store.write(["a", "b"], ["1", "2"], np.eye(2, dtype=np.float32))
    return store


def test_a_store_is_listed_with_its_images_size_and_last_use(tmp_path, store):
    (found,) = upkeep.stores(tmp_path)
    assert found.recipe == stubs.recipe("any")
    assert found.images == 2
    assert found.size == sum(path.stat().st_size for path in store.folder.iterdir())
    assert time.time() - found.last_use < 60


def test_the_last_used_comes_first(tmp_path, store):
    other = FeatureStore(tmp_path, stubs.recipe("other"))
    os.utime(other.folder / "recipe.json", (0, 0))
    assert [found.folder.name.split("-")[0] for found in upkeep.stores(tmp_path)] == [
        *("any", "other"),
    ]


def test_a_flipped_bit_is_found_by_name(tmp_path, store):
    (part,) = store.folder.glob("part-*")
    assert list(upkeep.damaged_files(tmp_path)) == []
    data = bytearray(part.read_bytes())
    data[100] ^= 1
    part.write_bytes(data)
    assert list(upkeep.damaged_files(tmp_path)) == [(part, "damaged")]


def test_images_are_digested_again_whatever_the_clock_says(tmp_path):
    for name in ("same", "changed", "gone"):
        (tmp_path / name).write_bytes(name.encode())
    digests = Digests(tmp_path)
    for name in ("same", "changed", "gone"):
        path = str(tmp_path / name)
        digests.remember(path, state_of(path), digest(name.encode()))
    (tmp_path / "changed").write_bytes(b"CHANGED")
    path = str(tmp_path / "changed")
    digests.remember(path, state_of(path), digest(b"changed"))
    (tmp_path / "gone").unlink()
    found = {os.path.basename(path): what for path, what in upkeep.changed_images(digests)}
    assert found == {
        "changed": "has changed; its features will be computed again",
        "gone": "is gone",
    }
    assert digests.of(str(tmp_path / "changed")) == digest(b"CHANGED")


@pytest.mark.parametrize("recipe", ["", "{", "[]", '{"extractor": "any", "version": 2}', "\udc88"])
def test_a_damaged_recipe_is_found_and_stops_nothing(tmp_path, store, recipe):
    path = store.folder / "recipe.json"
    path.write_bytes(recipe.encode(errors="surrogateescape"))
    assert list(upkeep.damaged_files(tmp_path)) == [(path, "damaged")]
    (found,) = upkeep.stores(tmp_path)
    assert found.recipe == {}
    assert found.images == 2


def test_a_part_that_is_damaged_anywhere_stops_nothing(tmp_path, store):
    (part,) = store.folder.glob("part-*")
    whole = part.read_bytes()
    for place in range(0, len(whole), 3):
        data = bytearray(whole)
        data[place] ^= 128
        part.write_bytes(data)
        assert len(upkeep.stores(tmp_path)) == 1


def test_what_stands_in_a_parts_place_is_named_and_not_waited_for(tmp_path, store):
    (part,) = store.folder.glob("part-*")
    part.unlink()
    os.mkfifo(part)
    assert list(upkeep.damaged_files(tmp_path)) == [(part, "unreadable (it is a named pipe)")]
    assert [found.images for found in upkeep.stores(tmp_path)] == [0]


def test_a_recipe_that_is_a_folder_is_damaged(tmp_path, store):
    path = store.folder / "recipe.json"
    path.unlink()
    path.mkdir()
    assert dict(upkeep.damaged_files(tmp_path)) == {path: "damaged"}
    assert [found.recipe for found in upkeep.stores(tmp_path)] == [{}]


def test_a_folder_of_another_name_is_no_store_though_it_has_a_recipe(tmp_path, store):
    (tmp_path / "photographs").mkdir()
    (tmp_path / "photographs" / "recipe.json").write_text("{}")
    assert [found.folder for found in upkeep.stores(tmp_path)] == [store.folder]
    assert list(upkeep.damaged_files(tmp_path)) == []


def test_a_store_that_vanishes_while_it_is_looked_at_stops_nothing(tmp_path, store):
    gone = upkeep.stored(tmp_path / "any-0123456789ab")
    assert (gone.recipe, gone.images, gone.size) == ({}, 0, 0)


def test_an_image_that_may_not_be_read_is_not_called_gone(tmp_path):
    (tmp_path / "film").mkdir()
    digests = Digests(tmp_path)
    digests.remember(str(tmp_path / "film"), None, digest(b"film"))
    assert list(upkeep.changed_images(digests)) == [
        (str(tmp_path / "film"), "is skipped: the file cannot be read: it is a folder")
    ]
