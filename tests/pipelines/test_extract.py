import json
import shutil
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from errors import InvalidOption, StorageFailed, TooFewDescriptors, UnknownPlugin
from features import extracted
from pipelines import extract
from pipelines.command_options import Extract
from tests import fakes

# Each test is quick; their seconds add up.
pytestmark = pytest.mark.slow

SMALL = "orb_words.n_words=8 orb_words.image_size=128 orb_words.sample_images=6"


@pytest.fixture
def run(tmp_path, root):
    def run(**changes):
        options = {"data": root, "extractors": "orb_words", "set": SMALL}
        places = {"cache": tmp_path / "cache", "out": tmp_path / "out"}
        return extract.run(Extract(**(options | places | changes)))

    return run


def counts(result):
    told = result.values["extractors"]["orb_words"]
    return told["computed"], told["from_cache"]


def test_a_second_run_takes_everything_from_the_cache(run):
    assert counts(run()) == (12, 0)
    assert counts(run()) == (0, 12)


def test_another_parameter_is_computed_apart(run):
    run()
    assert counts(run(set=SMALL + " orb_words.fast_threshold=9")) == (12, 0)
    assert counts(run()) == (0, 12)


def test_dicoms_are_computed_anew_under_another_version_of_their_decoder(
    run, tmp_path, monkeypatch
):
    dicoms = fakes.dicom(tmp_path / "dicoms", 8)
    run()
    assert counts(run(data=dicoms)) == (8, 0)
    monkeypatch.setattr("pydicom.__version__", "0.0")
    assert counts(run(data=dicoms)) == (8, 0)
    assert counts(run()) == (0, 12)


def test_another_split_learns_another_vocabulary(run):
    run()
    assert counts(run(seed=1)) == (12, 0)


def test_the_projected_size_is_said_before_anything_is_written(run, capsys):
    run()
    told = capsys.readouterr().err
    assert told.index("up to") < told.index("B will be written to")


def test_a_disk_without_room_is_refused_before_anything_is_computed(run, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1, 1, 10))
    with pytest.raises(StorageFailed, match="The features need"):
        run()


def test_an_image_that_cannot_be_read_is_skipped_listed_and_makes_it_one(run, root, tmp_path):
    (root / "sick" / "f4.png").write_text("no picture")
    result = run()
    assert result.exit_code == 1
    assert counts(result) == (11, 0)
    table = (tmp_path / "out" / "skipped.csv").read_text()
    assert table == 'id,reason\nsick/f4.png,"neither PNG, JPEG nor DICOM"\n'


def test_images_without_keypoints_are_counted(run, root):
    blank = np.zeros((128, 128), np.uint8)
    Image.fromarray(blank).save(root / "sick" / "f2.png")
    result = run()
    assert result.values["extractors"]["orb_words"]["without_keypoints"] == 1
    assert "1 images have no keypoints" in result.text


def test_a_vocabulary_learned_from_images_that_changed_since_is_told(run, root, capsys):
    run(split="random")
    for path in sorted(root.rglob("*.png")):
        fakes.write_picture(path, seed=77, size=128)
    capsys.readouterr()
    run(split="random")
    assert "learned from 6 images that have changed since" in capsys.readouterr().err


def test_values_are_plain_json(run):
    values = run().values
    assert json.loads(json.dumps(values)) == values


def test_an_unknown_extractor_is_refused_with_the_nearest_names(run):
    with pytest.raises(UnknownPlugin, match="did you mean sift_words"):
        run(extractors="sift_wrods")


def test_fewer_descriptors_than_words_is_a_sentence(run):
    with pytest.raises(TooFewDescriptors, match="needs at least"):
        run(set="orb_words.n_words=100000")


@pytest.mark.parametrize(
    "settings",
    [
        *("orb_words.colour=3", "sift_words.n_words=8", "n_words=8", "orb_words.n_words"),
        *("orb_words.n_words=many",),
    ],
)
def test_a_setting_that_means_nothing_is_refused(run, settings):
    with pytest.raises(InvalidOption, match="--set"):
        run(set=settings)


def test_a_cache_that_cannot_be_written_is_refused(run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed):
        run(cache=Path(tmp_path / "file"))


def test_an_image_that_goes_once_it_was_read_counts_as_it_was(run, monkeypatch):
    run()
    computed = extracted.compute

    def compute(images, *others):
        found = computed(images, *others)
        Path(images.paths[0]).unlink()
        return found

    monkeypatch.setattr(extracted, "compute", compute)
    assert counts(run()) == (0, 12)
