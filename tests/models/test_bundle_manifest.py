import json
import os

import pytest

from errors import BundleUnusable
from escapes import visible_lines
from models.bundle_manifest import CONTENTS, FORMAT, _digest, _text, seal, unseal

TOLD = {"labels": ["Mass"], "split": "fold 1"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.npz").write_bytes(b"first")
    (tmp_path / "inner" / "b.ubj").write_bytes(b"second")
    seal(tmp_path, TOLD)
    return tmp_path


def rewritten(folder, **changes):
    told = json.loads((folder / CONTENTS).read_text())
    (folder / CONTENTS).write_text(json.dumps(told | changes))


def test_what_was_told_comes_back_with_a_digest_of_every_file(folder):
    told = unseal(folder)
    assert told.items() >= TOLD.items()
    assert told["files"].keys() == {"a.npz", "inner/b.ubj"}


HOSTILE = "a\x1b\x7f\x9b\u202e\n\\u202e"


def test_characters_that_are_not_seen_are_told_as_they_were_and_written_as_escapes(tmp_path):
    seal(tmp_path, {"labels": [HOSTILE]})
    assert unseal(tmp_path)["labels"] == [HOSTILE]
    text = (tmp_path / CONTENTS).read_text()
    assert visible_lines(text) == text


def test_bundles_that_hold_such_characters_as_they_are_still_open(tmp_path):
    seal(tmp_path, {"labels": [HOSTILE]})
    path = tmp_path / CONTENTS
    path.write_text(_text(json.loads(path.read_text())))
    assert unseal(tmp_path)["labels"] == [HOSTILE]


@pytest.mark.parametrize("name", ["a.npz", "inner/b.ubj"])
def test_a_changed_file_is_named(folder, name):
    (folder / name).write_bytes(b"secund")
    with pytest.raises(BundleUnusable, match=f"{name} has changed"):
        unseal(folder)


def test_a_pipe_in_a_files_place_is_not_waited_for(folder):
    (folder / "a.npz").unlink()
    os.mkfifo(folder / "a.npz")
    with pytest.raises(BundleUnusable, match=r"a\.npz is missing"):
        unseal(folder)


def test_a_missing_file_is_named(folder):
    (folder / "inner" / "b.ubj").unlink()
    with pytest.raises(BundleUnusable, match=r"b\.ubj is missing"):
        unseal(folder)


def test_every_single_flipped_byte_of_the_contents_is_noticed(folder):
    path = folder / CONTENTS
    data = path.read_bytes()
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(BundleUnusable):
            unseal(folder)


def test_a_newer_format_is_said_to_be_newer(folder):
    rewritten(folder, format=FORMAT + 1, files="listed in another way")
    with pytest.raises(BundleUnusable, match=f"is of format {FORMAT + 1}"):
        unseal(folder)


def test_a_folder_that_is_no_bundle_is_refused(tmp_path):
    with pytest.raises(BundleUnusable, match=r"bundle\.json; .* has none"):
        unseal(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "1"}', "\0"])
def test_contents_that_are_something_else_are_refused(folder, text):
    (folder / CONTENTS).write_text(text)
    with pytest.raises(BundleUnusable, match="has changed"):
        unseal(folder)


def test_files_outside_the_folder_are_not_even_looked_for(folder):
    (folder / CONTENTS).unlink()
    sealed = {"format": FORMAT, "files": {"../outside": "0"}}
    (folder / CONTENTS).write_text(_text(sealed | {"digest": _digest(_text(sealed).encode())}))
    with pytest.raises(BundleUnusable, match="must lie in its folder"):
        unseal(folder)
