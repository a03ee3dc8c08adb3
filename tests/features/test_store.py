import errno
import json
import os
import threading
import time
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from errors import MisalignedRows, StorageFailed
from features import part_files
from features.part_files import Rows
from features.recipe import digest, fingerprint
from features.store import Features, FeatureStore
from tests.features import forgeries

RECIPE = {"extractor": "any", "version": 1}
IDS = np.array(["a", "b", "c"], object)
KEYS = ["1", "2", "3"]
VALUES = np.arange(12, dtype=np.float32).reshape(3, 4)


@pytest.fixture
def store(tmp_path):
    return FeatureStore(tmp_path, RECIPE)


def part(store):
    (path,) = store.folder.glob("part-*")
    return path


def reopened(store):
    return FeatureStore(store.folder.parent, RECIPE).refresh()


def test_vectors_come_back_as_they_were_written(store):
    store.write(list(IDS), KEYS, VALUES)
    np.testing.assert_array_equal(reopened(store).read(IDS, KEYS).values, VALUES)


def test_bytes_stay_bytes_and_take_one_each(store):
    images = np.random.default_rng(0).integers(0, 256, (3, 50_000), np.uint8)
    store.write(list(IDS), KEYS, images)
    found = reopened(store).read(IDS[::-1], KEYS[::-1]).values
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, images[::-1])
    assert part(store).stat().st_size < 1.1 * images.nbytes


def test_vectors_come_back_in_the_order_asked_for_over_several_parts(store):
    store.write(["a"], ["1"], VALUES[:1])
    store.write(["b", "c"], ["2", "3"], VALUES[1:])
    found = reopened(store).read(IDS[::-1], KEYS[::-1])
    np.testing.assert_array_equal(found.values, VALUES[::-1])


def test_an_image_whose_bytes_changed_has_no_vector(store):
    store.write(list(IDS), KEYS, VALUES)
    with pytest.raises(MisalignedRows, match="1 of 3 have none, such as 'b'"):
        store.read(IDS, ["1", "other", "3"])


def test_images_of_one_name_in_two_data_sets_both_keep_their_vector(store):
    store.write(["a"], ["1"], VALUES[:1])
    store.write(["a"], ["2"], VALUES[1:2])
    assert reopened(store).read(IDS[:1], ["1"]).values.tolist() == VALUES[:1].tolist()
    assert reopened(store).read(IDS[:1], ["2"]).values.tolist() == VALUES[1:2].tolist()


def test_a_zero_row_is_known_as_blank(store):
    store.write(["a", "b"], ["1", "2"], np.array([[0, 0], [0, 1]], np.float32))
    assert [reopened(store).rows[key].blank for key in ("1", "2")] == [True, False]


def test_the_recipe_stands_readable_beside_the_parts(store):
    assert store.folder.name == f"any-{fingerprint(RECIPE)}"
    assert json.loads((store.folder / "recipe.json").read_text()) == RECIPE


def test_every_single_flipped_bit_is_found(store, capsys):
    store.write(list(IDS), KEYS, VALUES)
    path = part(store)
    data = path.read_bytes()
    for place in range(0, len(data), 97):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        path.write_bytes(flipped)
        again = reopened(store)
        assert not again.rows
        assert not path.exists()
        path.write_bytes(data)
    assert len(reopened(store).rows) == 3
    assert path.name in capsys.readouterr().err


def test_a_damaged_part_is_set_aside_by_name_not_deleted(store):
    store.write(list(IDS), KEYS, VALUES)
    path = part(store)
    path.write_bytes(path.read_bytes()[:-1])
    reopened(store)
    assert (store.folder / f"damaged-{path.name}").is_file()


def test_a_half_written_file_is_never_a_part(store, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda file: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        store.write(list(IDS), KEYS, VALUES)
    assert not list(store.folder.glob("part-*"))


def test_a_full_disk_is_a_sentence_and_what_was_written_stays(store, monkeypatch):
    store.write(["a"], ["1"], VALUES[:1])

    def full(file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFailed, match=r"it is full\. What was computed is kept"):
        store.write(["b"], ["2"], VALUES[1:2])
    monkeypatch.undo()
    assert set(reopened(store).rows) == {"1"}
    assert not list(store.folder.glob(".*.tmp"))


def test_a_cache_that_cannot_be_a_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed, match="or name another folder with --cache"):
        FeatureStore(tmp_path / "file", RECIPE)


def test_several_writers_do_not_lose_each_others_parts(tmp_path):
    def write(number):
        mine = FeatureStore(tmp_path, RECIPE).refresh()
        for place in range(5):
            key = f"{number}-{place}"
            mine.write([key], [key], np.full((1, 4), number * 10 + place, np.float32))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = FeatureStore(tmp_path, RECIPE).refresh()
    assert len(found.rows) == 20
    assert found.read(np.array(["x"], object), ["3-2"]).values[0, 0] == 32


class Learner:
    def __init__(self, value=None):
        if value is not None:
            self.words_ = np.array(value)


def test_what_was_learned_comes_back(store):
    store.save_learned(Learner([1.5, 2.5]))
    learner = Learner()
    again = reopened(store)
    assert again.load_learned(learner)
    assert learner.words_.tolist() == [1.5, 2.5]
    assert again.learned_digest == store.learned_digest


def test_nothing_learned_is_told_apart_from_something(store):
    assert not store.load_learned(Learner())


def test_damaged_learning_is_set_aside(store, capsys):
    store.save_learned(Learner([1.5, 2.5]))
    (path,) = store.folder.glob("learned-*")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    assert not reopened(store).load_learned(Learner())
    assert "is damaged" in capsys.readouterr().err


def test_vectors_of_another_vocabulary_are_not_taken_for_ours(store, capsys):
    store.save_learned(Learner([1.0]))
    store.write(list(IDS), KEYS, VALUES)
    (learned,) = store.folder.glob("learned-*")
    learned.unlink()
    again = FeatureStore(store.folder.parent, RECIPE)
    again.save_learned(Learner([2.0]))
    assert not again.refresh().rows
    assert "was computed with another vocabulary" in capsys.readouterr().err


@pytest.mark.parametrize("data", [b"", b"PAR1", b"no part at all"])
def test_a_file_that_only_has_a_parts_name_is_set_aside(store, capsys, data):
    path = store.folder / f"part-{digest(data)}.parquet"
    path.write_bytes(data)
    reopened(store)
    assert not path.exists()
    assert "is not a valid part" in capsys.readouterr().err


def test_whatever_a_forger_writes_is_set_aside_by_name_and_the_rest_is_read(store, capsys):
    store.write(list(IDS), KEYS, VALUES)
    forged = [make() for make in forgeries.KINDS.values()]
    for data in forged:
        (store.folder / f"part-{digest(data)}.parquet").write_bytes(data)
    np.testing.assert_array_equal(reopened(store).read(IDS, KEYS).values, VALUES)
    told = capsys.readouterr().err
    for data in forged:
        assert (store.folder / f"damaged-part-{digest(data)}.parquet").is_file()
        assert told.count(f"part-{digest(data)}.parquet is not a valid part") == 1


IN_A_PARTS_PLACE = {
    "it is a folder": Path.mkdir,
    "it is a named pipe": os.mkfifo,
    "it is a device": lambda path: path.symlink_to("/dev/zero"),
    "too many levels of symbolic links": lambda path: path.symlink_to(path),
}


@pytest.mark.parametrize("what", IN_A_PARTS_PLACE)
def test_what_stands_in_a_parts_place_is_set_aside_and_the_part_made_again(store, capsys, what):
    store.write(list(IDS), KEYS, VALUES)
    path = part(store)
    path.unlink()
    IN_A_PARTS_PLACE[what](path)
    again = reopened(store)
    assert not again.rows
    assert f"{path} cannot be read: {what}" in capsys.readouterr().err
    again.write(list(IDS), KEYS, VALUES)
    np.testing.assert_array_equal(reopened(store).read(IDS, KEYS).values, VALUES)


def test_a_part_of_another_user_is_called_unreadable_and_left(store, monkeypatch, capsys):
    store.write(list(IDS), KEYS, VALUES)
    path, real = part(store), os.open

    def locked(place, *how, **others):
        if str(place) == str(path):
            raise PermissionError(errno.EACCES, "Permission denied", place)
        return real(place, *how, **others)

    monkeypatch.setattr(os, "open", locked)
    assert not reopened(store).rows
    assert path.exists()
    assert "permission denied. Ask its owner" in capsys.readouterr().err.replace("\n", " ")


def test_parts_of_another_length_are_set_aside_when_read_and_refused_when_written(store, capsys):
    store.write(["a"], ["1"], VALUES[:1])
    other = part_files.to_bytes(Rows(["b"], ["2"], np.ones((1, 9)), ""))
    (store.folder / f"part-{digest(other)}.parquet").write_bytes(other)
    again = reopened(store)
    assert len(again.rows) == 1
    assert "another width" in capsys.readouterr().err
    with pytest.raises(StorageFailed, match=r"must have the same width.*Delete this folder"):
        again.write(["c"], ["3"], np.ones((1, 2 + again.width)))


@pytest.mark.parametrize("what", ["gone", "changed", "shortened"])
def test_a_part_that_vanishes_or_changes_before_it_is_read_is_a_sentence(store, what):
    store.write(list(IDS), KEYS, VALUES)
    path = part(store)
    path.unlink()
    if what != "gone":
        other = Rows(["a"], ["1"], VALUES[:1, : 3 if what == "changed" else 4], "")
        path.write_bytes(part_files.to_bytes(other))
    with pytest.raises(StorageFailed, match=r"it is gone or has changed\. Run the command again"):
        store.read(IDS, KEYS)


@pytest.mark.parametrize("name", ["transform", "__class__", "_hidden_", "words"])
def test_learning_that_names_what_nothing_learns_is_set_aside(store, capsys, name):
    buffer = BytesIO()
    np.savez(buffer, **{name: np.ones(3)})
    path = store.folder / f"learned-{digest(buffer.getvalue())}.npz"
    path.write_bytes(buffer.getvalue())
    learner = Learner()
    assert not store.load_learned(learner)
    assert vars(learner) == {}
    assert "is not a valid learned state" in capsys.readouterr().err


def test_a_recipe_that_is_a_folder_is_a_sentence(store):
    (store.folder / "recipe.json").unlink()
    (store.folder / "recipe.json").mkdir()
    with pytest.raises(
        StorageFailed, match=r"recipe\.json must be writable; .* Move away the folder"
    ):
        reopened(store)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff", b"[" * 10**5])
def test_a_damaged_recipe_is_written_again(store, damage):
    (store.folder / "recipe.json").write_bytes(damage)
    reopened(store)
    assert json.loads((store.folder / "recipe.json").read_text()) == RECIPE


def test_a_store_that_is_opened_again_is_marked_as_used_and_not_written(store):
    path = store.folder / "recipe.json"
    os.utime(path, (0, 0))
    before = path.stat()
    reopened(store)
    after = path.stat()
    assert after.st_ino == before.st_ino
    assert after.st_mtime > time.time() - 60


def test_as_many_ids_as_vectors():
    with pytest.raises(MisalignedRows, match="3 rows for 1 ids"):
        Features("any", np.array(["a"], object), np.eye(3, dtype=np.float32))


def test_a_store_may_hold_the_names_that_were_written_to_it(store):
    store.write(["a"], ["1"], VALUES[:1])
    store.write(["b"], ["2"], VALUES[:1])
    assert reopened(store).may_hold(IDS).tolist() == [True, True, False]
    assert not FeatureStore(store.folder.parent, RECIPE).may_hold(IDS).any()
