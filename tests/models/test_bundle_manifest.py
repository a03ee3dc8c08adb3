import json
import os
from hashlib import sha256

import pytest

from errors import BundleUnusable
from escapes import visible_lines
from models.bundle_manifest import CONTENTS, FORMAT, seal, unseal

FIELDS = {"labels": ["Mass"], "split": "fold 1"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.npz").write_bytes(b"first")
    (tmp_path / "inner" / "b.ubj").write_bytes(b"second")
    seal(tmp_path, FIELDS)
    return tmp_path


def text_of(fields):
    """bundle.json as the first versions wrote it, with every character as it is."""
    return json.dumps(fields, indent=1, ensure_ascii=False) + "\n"


def rewritten(folder, **changes):
    fields = json.loads((folder / CONTENTS).read_text())
    (folder / CONTENTS).write_text(json.dumps(fields | changes))


def test_fields_come_back_with_a_digest_of_every_file(folder):
    fields = unseal(folder)
    assert fields.items() >= FIELDS.items()
    assert fields["files"].keys() == {"a.npz", "inner/b.ubj"}


HOSTILE = "a\x1b\x7f\x9b\u202e\n\\u202e"


def test_invisible_characters_come_back_and_are_written_as_escapes(tmp_path):
    seal(tmp_path, {"labels": [HOSTILE]})
    assert unseal(tmp_path)["labels"] == [HOSTILE]
    text = (tmp_path / CONTENTS).read_text()
    assert visible_lines(text) == text


def test_bundles_that_hold_such_characters_as_they_are_still_open(tmp_path):
    seal(tmp_path, {"labels": [HOSTILE]})
    path = tmp_path / CONTENTS
    path.write_text(text_of(json.loads(path.read_text())))
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
    digest = sha256(text_of(sealed).encode()).hexdigest()
    (folder / CONTENTS).write_text(text_of(sealed | {"digest": digest}))
    with pytest.raises(BundleUnusable, match="must be in its folder"):
        unseal(folder)
