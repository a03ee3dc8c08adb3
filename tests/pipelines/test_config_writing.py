import json
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

import cli
from inputs import Seen
from pipelines import config_files, config_writing
from pipelines.command_options import Compare, Extract, Keypoints, Score

SEEN = Seen({"data": {"a: labels": "1"}}, {"a.png": "2"})


@pytest.fixture
def written(tmp_path):
    def written(command, options, seen=SEEN):
        return tomllib.loads(config_writing.write(command, options, seen).read_text("utf-8"))

    return written


def test_every_option_is_written_with_its_value(written, tmp_path):
    values = written("compare", Compare(folds=5, cache="elsewhere", out=tmp_path))
    names = {item.name for item in fields(Compare)}
    assert names - set(values) == {"out", "resume", "set", "jobs"}
    assert (values["folds"], values["seeds"], values["data"]) == (5, 1, "")
    assert values["cache"] == "elsewhere"


def test_what_is_written_gives_the_same_options(tmp_path, monkeypatch):
    asked = Compare(
        data='a "b"\\c\x7f\n',
        metadata=True,
        images=False,
        set="cnn.epochs=9 xgboost.C=0.50",
        findings="Größe",
        out=tmp_path,
    )
    path = config_writing.write("compare", asked, SEEN)
    given = []
    monkeypatch.setattr(cli, "_run", lambda name, options, config: given.append(options) or 1 / 0)
    cli.main(["compare", "--config", str(path), "--out", str(tmp_path)])
    assert given == [asked]


def test_a_table_of_scores_is_a_list(written, tmp_path):
    values = written("score", Score(labels=Path("l.csv"), scores=["a=a.csv"], out=tmp_path))
    assert values["scores"] == ["a=a.csv"]


def test_defaults_of_the_plug_ins_in_use_are_written_and_no_others(written, tmp_path):
    values = written("compare", Compare(extractors="orb_words", classifiers="cnn", out=tmp_path))
    assert set(values["defaults"]) == {"orb_words", "cnn"}
    assert values["defaults"]["orb_words"]["pyramid"] == [1, 2, 4]
    assert "seed" not in values["defaults"]["cnn"]
    assert set(config_writing.defaults_of(Keypoints(detector="orb"))) == {"orb_words"}


@pytest.mark.parametrize(
    "address",
    ["tcp://me:secret@host:1", "https://host/a?sig=secret", "s3://h/b?X-Amz-Signature=secret"],
)
def test_a_password_in_an_address_is_never_written(tmp_path, address):
    path = config_writing.write("extract", Extract(cluster=address, out=tmp_path), SEEN)
    text = path.read_text()
    assert "secret" not in text
    assert "# cluster is not written, because it may hold a password" in text


def test_a_name_that_is_no_unicode_is_left_out_with_a_comment(tmp_path):
    path = config_writing.write("extract", Extract(data="a\udc80", out=tmp_path), SEEN)
    assert "# data is not written, because it is not valid Unicode" in path.read_text("utf-8")


def test_digests_and_the_digest_of_each_image_are_written(written, tmp_path):
    assert written("extract", Extract(out=tmp_path))["inputs"] == SEEN.tables
    assert json.loads((tmp_path / config_files.IMAGE_DIGESTS).read_text()) == SEEN.images


def test_a_run_that_reads_no_image_leaves_no_digests_of_an_earlier_one(written, tmp_path):
    written("extract", Extract(out=tmp_path))
    written("extract", Extract(out=tmp_path), Seen())
    assert not (tmp_path / config_files.IMAGE_DIGESTS).exists()
