import numpy as np
import pandas as pd
import pytest

from datasets import loading
from datasets.images import Caution
from datasets.options import Reading
from datasets.readers import siim
from errors import BadTable
from tests import fakes

FRAME = 1024


def read(root, **options):
    return loading.load(Reading(data=root, **options))


def second_decoder(mask):
    """The box of a mask drawn pixel by pixel, as the challenge's own script does."""
    plane = np.zeros(FRAME * FRAME, np.uint8)
    place = 0
    numbers = [int(number) for number in mask.split()]
    for skipped, length in zip(numbers[::2], numbers[1::2], strict=True):
        place += skipped
        plane[place : place + length] = 1
        place += length
    rows, columns = np.nonzero(plane.reshape(FRAME, FRAME).T)
    left, top = columns.min(), rows.min()
    return np.array([left, top, columns.max() - left + 1, rows.max() - top + 1]) / FRAME


def decoded(*masks):
    names = pd.Series([f"s{row}" for row in range(len(masks))])
    return siim.boxes_of(names, pd.Series(masks), "the table")[["x", "y", "width", "height"]]


def test_an_image_has_a_pneumothorax_if_it_has_a_mask(tmp_path):
    images = read(fakes.siim(tmp_path))
    assert images.ids.tolist() == ["s1", "s2", "s3", "s4"]
    np.testing.assert_array_equal(images.labels[:, 0], [0, 1, 0, 1])


def test_rows_that_repeat_another_are_counted_and_left_out(tmp_path):
    images = read(fakes.siim(tmp_path))
    assert "6 rows of 4 images; 3 masks became boxes" in images.notes
    assert "1 rows repeat another one and were left out" in images.notes


def test_a_mask_of_three_columns_becomes_its_box():
    # Columns 10 to 12, rows 0 to 2.
    np.testing.assert_array_equal(
        decoded("10240 3 1021 3 1021 3"), [[10 / 1024, 0, *[3 / 1024] * 2]]
    )


def test_a_run_over_the_end_of_a_column_reaches_from_top_to_bottom():
    mask = "1000 100"
    np.testing.assert_array_equal(decoded(mask), [second_decoder(mask)])


def test_random_masks_have_the_boxes_of_a_second_decoder():
    random = np.random.default_rng(0)
    masks = [
        " ".join(map(str, random.integers(1, 1500, 2 * random.integers(1, 40)))) for _ in range(20)
    ]
    np.testing.assert_array_equal(decoded(*masks), [second_decoder(mask) for mask in masks])


@pytest.mark.parametrize("mask", ["1 2 3", "a b", "-5 3", "5 0", "1048570 9"])
def test_a_mask_that_leaves_the_image_or_is_no_mask_is_refused(mask):
    with pytest.raises(BadTable, match="EncodedPixels must be pairs of numbers"):
        decoded(mask)


def test_the_overlap_with_nih_is_a_caution_and_patients_are_not_known(tmp_path):
    images = read(fakes.siim(tmp_path))
    assert isinstance(images.notes[0], Caution)
    assert images.patients_from == "one patient per image"
    assert set(images.meta["view"]) == {"PA"}


@pytest.mark.real
def test_the_real_table_has_the_counts_that_pandas_gives(real_data, tmp_path):
    table = real_data / "tables" / "siim_train_rle.csv.gz"
    (tmp_path / "train-rle.csv.gz").symlink_to(table)
    images = read(tmp_path, images=False)
    frame = pd.read_csv(table).rename(columns=str.strip)
    masked = frame[frame["EncodedPixels"].str.strip() != "-1"]
    assert (len(frame), len(images)) == (12_954, frame["ImageId"].nunique()) == (12_954, 12_047)
    assert images.labels.sum() == masked["ImageId"].nunique() == 2_669
    assert len(images.boxes) == len(masked.drop_duplicates())
    some = masked.drop_duplicates().iloc[::100]
    expected = [second_decoder(mask) for mask in some["EncodedPixels"]]
    found = images.boxes.iloc[::100][["x", "y", "width", "height"]].to_numpy(float)
    np.testing.assert_array_equal(found, expected)
