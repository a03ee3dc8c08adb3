import shutil
from pathlib import Path

import numpy as np
import pytest

from datasets import sources
from errors import InvalidOption
from pipelines import keypoints
from pipelines.command_options import Keypoints

# Each test is quick; their seconds add up.
pytestmark = pytest.mark.slow

SMALL = "orb_words.n_words=8 orb_words.image_size=128"


@pytest.fixture
def run(tmp_path, root):
    def run(**changes):
        options = {"data": root, "detector": "orb", "set": SMALL}
        places = {"cache": tmp_path / "cache", "out": tmp_path / "out"}
        return keypoints.run(Keypoints(**(options | places | changes)))

    return run


def pictures(tmp_path):
    return sorted(path.name for path in (tmp_path / "out").glob("*.png"))


@pytest.mark.parametrize("detector", keypoints.DETECTORS)
def test_an_image_named_is_drawn_with_any_detector(run, root, tmp_path, detector):
    run(image=[root / "sick" / "f0.png"], detector=detector, set="")
    assert pictures(tmp_path) == [f"f0-{detector}.png"]


def test_without_images_the_first_of_the_data_are_drawn(run, tmp_path):
    run()
    assert len(pictures(tmp_path)) == keypoints.IMAGES_SHOWN


def test_the_gallery_shows_as_many_words_as_asked_from_the_commonest(run, tmp_path):
    assert "3 visual words: " in run(gallery=3).text
    assert "orb_words-gallery.png" in pictures(tmp_path)


def test_words_are_chosen_by_frequency_or_by_number():
    counts = np.array([5, 9, 1, 7])
    assert keypoints.words_to_show(Keypoints(gallery=2), counts) == [1, 2]
    assert keypoints.words_to_show(Keypoints(gallery=9), counts) == [1, 3, 0, 2]
    assert keypoints.words_to_show(Keypoints(words="2, 0"), counts) == [2, 0]


def test_less_than_no_words_is_refused(run):
    with pytest.raises(InvalidOption, match="--gallery must be at least 0; got -1"):
        run(gallery=-1)


def test_two_images_of_one_name_have_a_picture_each(run, root, tmp_path):
    images = [tmp_path / "one" / "f0.png", tmp_path / "other" / "f0.png"]
    for image in images:
        image.parent.mkdir()
        shutil.copy(root / "sick" / "f0.png", image)
    told = run(image=images).values["pictures"]
    assert len(pictures(tmp_path)) == 2
    assert all(Path(line.split(": ")[1]).is_file() for line in told)


def test_an_image_that_cannot_be_read_is_skipped_and_named(run, root, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no film")
    result = run(image=[tmp_path / "broken.png", root / "sick" / "f0.png"])
    assert "skipped broken.png: neither PNG, JPEG nor DICOM" in result.text
    assert (pictures(tmp_path), result.exit_code) == (["f0-orb.png"], 1)
    assert 'broken.png,"neither PNG' in (tmp_path / "out" / "skipped.csv").read_text()


def test_a_damaged_training_image_does_not_end_the_gallery(run, root, tmp_path):
    images = sources.images_of(Keypoints(data=root))
    damaged = np.flatnonzero(images.train)[0]
    Path(images.paths[damaged]).write_bytes(b"no film")
    result = run(image=[images.paths[np.flatnonzero(images.train)[1]]], gallery=3)
    assert result.values["skipped"] == {images.ids[damaged]: "neither PNG, JPEG nor DICOM"}
    assert "orb_words-gallery.png" in pictures(tmp_path)


def test_settings_of_another_detector_are_refused(run):
    with pytest.raises(InvalidOption, match=r"\(orb_words\); got sift_wrods.*with --detector"):
        run(set="sift_wrods.n_words=5")


@pytest.mark.parametrize("words", ["8", "-1", "two", "²", ","])
def test_a_word_that_is_not_there_is_refused(words):
    with pytest.raises(InvalidOption, match="from 0 to 7"):
        keypoints.words_to_show(Keypoints(words=words), np.ones(8))


def test_an_unknown_detector_is_refused(run):
    with pytest.raises(InvalidOption, match="orb, sift, akaze, brisk, dense_sift; got 'harris'"):
        run(detector="harris")
