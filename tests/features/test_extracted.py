import numpy as np

from datasets.images import Split
from features import extracted
from tests import fakes


def images(*parts):
    labels = np.zeros((len(parts), 1))
    return fakes.images(labels, split=Split("mine", np.array(parts, object)))


def test_a_file_in_two_parts_is_told_on_screen_and_in_the_notes(capsys):
    (note,) = extracted.with_note(images("train", "test", "test"), ["a", "b", "a"]).notes
    assert "2 images have the same file" in note
    assert "such as film0" in note
    assert f"warning: {note}" in capsys.readouterr().err


def test_a_file_twice_in_one_part_does_not_leak(capsys):
    assert extracted.with_note(images("train", "train", "test"), ["a", "a", "b"]).notes == ()
    assert capsys.readouterr().err == ""


def test_images_in_no_part_do_not_leak():
    assert extracted.with_note(images("", "test", ""), ["a", "a", "a"]).notes == ()
