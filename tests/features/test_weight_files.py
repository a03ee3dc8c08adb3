import json
import os
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from errors import FileUnreadable, WeightsUnavailable
from features import weight_files
from features.weight_files import digest_of_file, keras_home, layers_in, must_exist


def test_a_files_digest_is_that_of_its_bytes(tmp_path):
    (tmp_path / "w.h5").write_bytes(b"weights")
    assert digest_of_file(tmp_path / "w.h5") == sha256(b"weights").hexdigest()


def test_a_missing_file_names_the_ways_out(tmp_path):
    with pytest.raises(WeightsUnavailable, match=r"no file .*none\.h5\. Pass --weights FILE"):
        digest_of_file(tmp_path / "none.h5")


@pytest.mark.parametrize("read", [digest_of_file, must_exist])
def test_a_pipe_is_no_weights_and_is_not_waited_for(tmp_path, read):
    os.mkfifo(tmp_path / "w.h5")
    with pytest.raises(FileUnreadable, match="it is a named pipe"):
        read(tmp_path / "w.h5")
    assert layers_in(tmp_path / "w.h5") == []


def test_a_description_too_large_to_be_one_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(weight_files, "MAX_CONFIGURATION", 10)
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", json.dumps({"config": {"layers": [1]}}))
    assert layers_in(tmp_path / "m.keras") == []


def test_layers_are_read_from_the_archive_alone(tmp_path):
    layers = [{"class_name": "InputLayer"}, {"class_name": "Conv2D"}]
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", json.dumps({"config": {"layers": layers}}))
    assert layers_in(tmp_path / "m.keras") == layers


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_a_file_that_does_not_say_has_no_layers(tmp_path, content):
    (tmp_path / "m.keras").write_bytes(content)
    assert layers_in(tmp_path / "m.keras") == []


def test_keras_home_is_where_keras_is_told_to_keep_things(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert keras_home() == tmp_path
    monkeypatch.delenv("KERAS_HOME")
    assert keras_home() == Path.home() / ".keras"
