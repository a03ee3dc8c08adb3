from pathlib import Path

import pytest

import inputs
import storage
from errors import InvalidOption
from inputs import Expected

ORIGIN = Path("run/config.toml")


def test_nothing_is_noted_outside_of_a_command():
    inputs.note(inputs.DATA, "labels", b"1", "The labels")
    with inputs.watching() as seen:
        assert inputs.is_watched()
    assert not inputs.is_watched()
    assert seen.tables == {}


def test_contents_are_noted_by_digest_and_digests_as_they_are():
    with inputs.watching() as seen:
        inputs.note(inputs.DATA, "labels", b"1", "The labels")
        inputs.note(inputs.WEIGHTS, "resnet50", "abc", "Weights")
    assert seen.tables == {
        "data": {"labels": storage.sha256_of(b"1")},
        "weights": {"resnet50": "abc"},
    }


def noted_again(content):
    expected = Expected({"data": {"labels": storage.sha256_of(b"1")}}, {}, ORIGIN)
    with inputs.expecting(expected), inputs.watching() as seen:
        inputs.note(inputs.DATA, "labels", content, "The labels in FOLDER")
    return seen.tables


def test_an_input_that_is_as_it_was_is_noted_again():
    assert noted_again(b"1") == {"data": {"labels": storage.sha256_of(b"1")}}


def test_an_input_that_has_changed_is_refused_by_its_name():
    told = "The labels in FOLDER must be unchanged since run/config.toml was written"
    with pytest.raises(InvalidOption, match=told):
        noted_again(b"2")


def test_an_input_that_the_earlier_run_did_not_read_is_taken_as_it_is():
    with inputs.expecting(Expected({}, {}, ORIGIN)), inputs.watching() as seen:
        inputs.note(inputs.WEIGHTS, "resnet50", "abc", "Weights")
    assert seen.tables[inputs.WEIGHTS] == {"resnet50": "abc"}


def test_a_changed_image_is_named_by_its_file():
    with inputs.watching() as seen:
        inputs.note_images("films", {"a": "films/a.png", "b": "films/b.png"}, ["1", "2"])
    expected = Expected(seen.tables, seen.images, ORIGIN)
    refused = pytest.raises(InvalidOption, match=r"^films/b.png must be")
    with inputs.expecting(expected), inputs.watching(), refused:
        inputs.note_images("films", {"a": "films/a.png", "b": "films/b.png"}, ["1", "3"])


def test_without_the_digest_of_each_image_a_change_is_found_all_the_same():
    with inputs.watching() as seen:
        inputs.note_images("films", {"a": "films/a.png"}, ["1"])
    refused = pytest.raises(InvalidOption, match="An image file of films must be")
    with inputs.expecting(Expected(seen.tables, {}, ORIGIN)), inputs.watching(), refused:
        inputs.note_images("films", {"a": "films/a.png"}, ["2"])


def test_a_file_is_noted_by_its_content(tmp_path):
    (tmp_path / "labels.csv").write_text("id\n")
    with inputs.watching() as seen:
        inputs.note_file(tmp_path / "labels.csv")
        inputs.note_file(tmp_path / "none.csv")
    assert list(seen.tables[inputs.FILES]) == [str(tmp_path / "labels.csv")]
