from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from datasets.images import Caution, Split
from errors import InvalidOption
from features.recipe import digest
from inference.unseen_images import digests_of, unseen
from models.bundle import Bundle
from models.seen_images import SeenImages
from tests import fakes

CONTENTS = [b"one", b"two", b"three", b"four"]


@pytest.fixture
def images(tmp_path):
    """Four images, of which the first two are of one patient."""
    made = fakes.images(np.ones((4, 1)), ["p", "p", "q", "r"])
    paths = [tmp_path / f"{row}.png" for row in range(4)]
    for path, content in zip(paths, CONTENTS, strict=True):
        path.write_bytes(content)
    sets = np.array(["train", "train", "validation", "test"], object)
    return replace(made, paths=np.array([*map(str, paths)], object), split=Split("by hand", sets))


def bundle(*seen, data="elsewhere"):
    known = SeenImages.of([digest(each) for each in seen]) if seen else None
    return Bundle("made_up", None, ("label0",), {}, None, None, data, "by hand", seen=known)


def test_images_of_the_same_files_are_left_out_with_their_patients(images, tmp_path):
    left = unseen(images, bundle(b"two", b"ten"), tmp_path)
    assert left.ids.tolist() == ["film2", "film3"]
    assert left.notes[-1].startswith("1 images were left out because the bundle has learned")
    assert "and 1 others because they are of the same patients" in left.notes[-1]


def test_without_an_image_in_common_all_stay_and_a_note_says_so(images, tmp_path):
    left = unseen(images, bundle(b"ten"), tmp_path)
    assert len(left) == 4
    assert left.notes == ("no image is the same file as one that the bundle has learned from",)


def test_a_file_that_cannot_be_read_is_in_nothing(images, tmp_path):
    Path(images.paths[0]).unlink()
    assert digests_of(images, tmp_path)[0] == ""
    assert len(unseen(images, bundle(b"one"), tmp_path)) == 4


def test_an_older_bundle_leaves_the_test_images_of_its_own_split(images, tmp_path):
    left = unseen(images, bundle(data=images.source), tmp_path)
    assert left.ids.tolist() == ["film3"]


def test_an_older_bundle_of_other_data_comes_with_a_caution(images, tmp_path):
    left = unseen(images, bundle(), tmp_path)
    assert len(left) == 4
    assert isinstance(left.notes[-1], Caution)
    assert "it is not known which of these images it has learned from" in left.notes[-1]


def test_a_data_set_without_other_images_is_refused(images, tmp_path):
    with pytest.raises(InvalidOption, match="images that it has not learned from"):
        unseen(images, bundle(*CONTENTS), tmp_path)
