from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from datasets.image_statistics import STATISTICS, bit_depth, layout_of, measured, statistics_of
from tests import fakes

GREY = np.arange(40 * 60, dtype=np.uint16).reshape(40, 60)


def png(values):
    buffer = BytesIO()
    Image.fromarray(values).save(buffer, "PNG")
    return buffer.getvalue()


def test_a_checkerboard_has_the_mean_deviation_and_laplacian_worked_out_by_hand():
    board = np.indices((64, 32)).sum(0) % 2 * 100
    found = statistics_of(board.astype(np.uint8))
    assert found[:4] == (32, 64, 50, 50)
    # Each pixel differs by 100 from its four neighbours, borders being reflected.
    assert found.sharpness == 400


def test_a_blurred_image_is_less_sharp_and_as_bright():
    plane = fakes.picture(0, 128)
    sharp, blurred = statistics_of(plane), statistics_of(cv2.GaussianBlur(plane, (0, 0), 2))
    assert blurred.sharpness < sharp.sharpness / 10
    assert blurred.exposure == pytest.approx(sharp.exposure, abs=1)


def test_an_image_stored_twice_as_large_keeps_its_figures_except_its_size():
    plane = fakes.picture(0, 512)
    double = np.kron(plane, np.ones((2, 2), np.uint8))
    found, expected = statistics_of(double), statistics_of(plane)
    assert (found.width, found.height) == (1024, 1024)
    assert found[2:] == pytest.approx(expected[2:])


def test_the_bit_depth_is_the_files_own(tmp_path):
    dicom = fakes.write_dicom(tmp_path / "a.dcm", GREY, BitsStored=12, HighBit=11)
    jpeg = BytesIO()
    Image.fromarray(GREY.astype(np.uint8)).save(jpeg, "JPEG")
    files = png(GREY.astype(np.uint8)), png(GREY), jpeg.getvalue(), dicom.read_bytes()
    assert [bit_depth(data) for data in files] == [8, 16, 8, 12]


def test_a_table_has_a_row_for_each_file_and_none_of_a_damaged_one(tmp_path):
    fakes.write_picture(tmp_path / "a.png", seed=1)
    (tmp_path / "b.png").write_bytes(b"no image")
    table, layouts = measured([str(tmp_path / name) for name in ("a.png", "b.png")], 1)
    assert [*table] == [*STATISTICS, "bits"]
    assert tuple(table.iloc[0]) == (*statistics_of(fakes.picture(1)), 8)
    assert table.iloc[1].isna().all()
    np.testing.assert_array_equal(layouts, [layout_of(fakes.picture(1)), np.zeros(36)])


def test_a_layout_is_the_standardised_means_of_a_grid_of_cells():
    plane = fakes.picture(1)[:60, :60]
    cells = plane.reshape(6, 10, 6, 10).mean(axis=(1, 3)).ravel()
    expected = (cells - cells.mean()) / cells.std()
    np.testing.assert_allclose(layout_of(plane), expected, atol=1e-4)


def test_an_inverted_image_has_the_opposite_layout():
    plane = fakes.picture(1)
    np.testing.assert_allclose(layout_of(255 - plane), -layout_of(plane), atol=1e-5)


def test_an_even_image_has_an_even_layout():
    assert not layout_of(np.full((64, 64), 90, np.uint8)).any()
