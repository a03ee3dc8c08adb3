import json

import numpy as np
import pytest

from datasets.summary import split_counts
from pipelines import data
from pipelines.command_options import Data
from tests import fakes

# Each test is quick; their seconds add up.
pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path):
    def run(**options):
        return data.run(Data(data=fakes.nih(tmp_path / "films"), out=tmp_path / "out", **options))

    return run


def test_text_and_values_tell_the_same(run):
    result = run()
    images = result.values["split"]["films"]
    assert (images["train"] + images["validation"], images["test"]) == (4, 2)
    told = f"train {images['train']}, validation {images['validation']} (together 4), test 2"
    assert told in result.text
    assert "0 in more than one set" in result.text


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ("the label table", "0 in more than one set"),
        ("file names", "0 in more than one set (patients from file names)"),
        ("one patient per image", "patients  some may be in more than one set"),
    ],
)
def test_no_more_is_claimed_of_patients_than_is_known(known, told):
    images = fakes.images(np.ones((3, 1)), patients_from=known)
    assert data.split_lines(split_counts(images), known)[-1].endswith(told)


def test_values_are_plain_json(run):
    values = run().values
    assert json.loads(json.dumps(values)) == values


def test_three_pictures_are_written(run, tmp_path):
    run()
    for name in ("class_distribution.png", "cooccurrence.png", "films.png"):
        assert (tmp_path / "out" / name).read_bytes().startswith(b"\x89PNG")


def test_a_damaged_image_is_only_found_by_decoding(run, tmp_path):
    root = fakes.nih(tmp_path / "films")
    path = root / "images" / fakes.NIH_IDS[1]
    path.write_bytes(path.read_bytes()[:200])
    options = {"data": root, "out": tmp_path / "out"}
    assert data.run(Data(**options)).exit_code == 0
    result = data.run(Data(**options, check_images=True))
    assert result.exit_code == 1
    assert f"{fakes.NIH_IDS[1]},damaged" in (tmp_path / "out" / "skipped.csv").read_text()


def test_the_split_is_saved_and_can_be_asked_for_again(run, tmp_path):
    first = run(split="random", seed=4, save_split=tmp_path / "split.json")
    again = run(split=str(tmp_path / "split.json"))
    assert again.values["split"] == first.values["split"]
