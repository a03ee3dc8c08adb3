import cv2
import numpy as np
import pandas as pd
import pytest

from datasets import sources
from errors import InvalidOption
from pipelines import data, duplicates
from pipelines.command_options import Data
from tests import fakes

TRAINING, TESTING = fakes.NIH_IDS[0], fakes.NIH_IDS[4]


def with_copy(root, change=lambda image: image, suffix=".png"):
    """NIH's layout with a test film that is a training film of another patient, changed."""
    fakes.nih(root)
    image = cv2.GaussianBlur(fakes.picture(0, 256), (0, 0), 4)
    image = cv2.normalize(image, None, 20, 230, cv2.NORM_MINMAX)
    cv2.imwrite(str(root / "images" / TRAINING), image)
    (root / "images" / TESTING).unlink()
    place = (root / "images" / TESTING).with_suffix(suffix)
    cv2.imwrite(str(place), change(image))
    return root


@pytest.fixture
def options(tmp_path):
    def options(**changes):
        places = {"data": tmp_path / "films", "cache": tmp_path / "cache", "out": tmp_path / "out"}
        return Data(duplicates=True, **(places | changes))

    return options


@pytest.fixture
def find(options):
    def find(**changes):
        return duplicates.find(sources.images_of(options(**changes)), options(**changes))

    return find


@pytest.mark.parametrize(
    ("change", "suffix"),
    [
        (lambda image: image, ".png"),
        (lambda image: image, ".jpg"),
        (lambda image: cv2.resize(image, (100, 100), interpolation=cv2.INTER_AREA), ".png"),
        (lambda image: image[5:-5, 5:-5], ".png"),
        (lambda image: cv2.add(image, 15), ".png"),
    ],
    ids=["same bytes", "saved as JPEG", "smaller", "cropped", "brighter"],
)
def test_an_image_in_two_parts_under_two_names_is_found(find, tmp_path, change, suffix):
    with_copy(tmp_path / "films", change, suffix)
    _, pairs = find()
    told = duplicates.values(pairs)
    assert (told["pairs"], told["across_parts"], told["different_patients"]) == (1, 1, 1)


def test_images_without_copies_are_said_to_have_none(find, options, tmp_path):
    fakes.nih(tmp_path / "films")
    _, pairs = find()
    assert duplicates.lines(pairs, options()) == ["copies    no near-duplicate images"]


def test_hashes_are_kept_for_the_next_run(find, tmp_path, monkeypatch):
    with_copy(tmp_path / "films")
    find()
    monkeypatch.delattr(duplicates.ImageHash, "transform")
    assert len(find()[1]) == 1


def test_a_saved_split_leaves_the_copy_to_the_test_part_alone(find, tmp_path):
    with_copy(tmp_path / "films")
    images, _ = find(save_split=tmp_path / "split.json")
    parts = dict(zip(images.ids, images.sets, strict=True))
    assert (parts[TESTING], parts[TRAINING]) == ("test", "")
    assert images.split_name.endswith("near copies left out (1)")


def test_copies_cannot_be_looked_for_without_images(find, tmp_path):
    with_copy(tmp_path / "films")
    with pytest.raises(InvalidOption, match="--no-images"):
        find(images=False)


@pytest.mark.slow
def test_text_table_and_sheet_tell_the_pair_and_a_way_out(options, tmp_path):
    with_copy(tmp_path / "films")
    text = data.run(options()).text
    assert f"{TRAINING} (" in text
    assert f" and {TESTING} (test), distance 0.000" in text
    assert "--save-split" in text
    (row,) = pd.read_csv(tmp_path / "out" / "duplicates.csv").to_dict("records")
    assert (row["first"], row["second"], row["distance"]) == (TRAINING, TESTING, 0)
    assert not row["same_labels"]
    assert (tmp_path / "out" / "duplicates.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_under_the_split_saved_no_copy_is_in_two_parts(options, tmp_path):
    with_copy(tmp_path / "films")
    saved = tmp_path / "split.json"
    assert data.run(options(save_split=saved)).values["split"]["films_in_no_part"] == 1
    again = data.run(options(split=str(saved))).values
    assert again["duplicates"] == {
        "pairs": 1,
        "across_parts": 0,
        "different_patients": 1,
        "different_labels": 1,
    }


def test_of_copies_in_training_and_validation_the_latter_stays():
    images = fakes.images(np.array([[0], [1], [0], [1]]))
    parts = np.array(["validation", "train", "train", "test"], object)
    images = duplicates.replace(images, split=duplicates.Split("mine", parts))
    pairs = duplicates.table(images, np.array([[0, 1]]), np.array([0.1]))
    assert duplicates.set_aside(images, pairs).sets.tolist() == ["validation", "", "train", "test"]


@pytest.mark.real
def test_real_images_of_a_public_collection_leak_once(find, real_data):
    told = duplicates.values(find(data=real_data / "folders")[1])
    assert (told["pairs"], told["across_parts"]) == (1, 1)


@pytest.mark.real
@pytest.mark.long
def test_no_two_of_1216_real_images_are_taken_for_copies(find, real_data):
    images, pairs = find(data=real_data / "nih512")
    assert (len(images), len(pairs)) == (1216, 0)


@pytest.mark.real
@pytest.mark.long
def test_real_images_saved_anew_smaller_and_cropped_are_all_found(find, real_data, tmp_path):
    images = sources.images_of(Data(data=real_data / "nih512"))
    chosen = images.paths[::12]
    place = tmp_path / "films" / "all"
    place.mkdir(parents=True)
    for row, path in enumerate(chosen):
        image = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
        cv2.imwrite(str(place / f"whole{row}.png"), image)
        cv2.imwrite(str(place / f"half{row}.jpg"), cv2.resize(image[8:-8, 8:-8], (248, 248)))
    assert len(find()[1]) == len(chosen)
