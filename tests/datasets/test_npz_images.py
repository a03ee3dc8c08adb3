import zipfile

import numpy as np
import pytest

from datasets import npz_images
from datasets.image_files import read
from errors import BadArrays, FileUnreadable
from tests import fakes


@pytest.fixture
def packed(tmp_path):
    def packed(save=np.savez_compressed, **arrays):
        save(tmp_path / "a.npz", **arrays)
        return tmp_path / "a.npz"

    return packed


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_unpacked_images_have_the_pixels_of_the_array(packed, tmp_path, save):
    images = np.stack([fakes.picture(seed, 20) for seed in range(3)])
    folder = npz_images.unpacked(packed(save, x=images), {"x": "train"}, tmp_path / "made")
    found = [read(folder / "train" / npz_images.file_name(row)) for row in range(3)]
    np.testing.assert_array_equal(found, images)


def test_images_in_colour_are_unpacked_too(packed, tmp_path):
    grey = np.repeat(fakes.picture(0, 20)[None, ..., None], 3, axis=3)
    folder = npz_images.unpacked(packed(x=grey), {"x": "train"}, tmp_path / "made")
    np.testing.assert_array_equal(read(folder / "train" / "000000.png"), grey[0, ..., 0])


def test_images_are_unpacked_once(packed, tmp_path):
    path, place = packed(x=fakes.picture(0, 20)[None]), tmp_path / "made"
    folder = npz_images.unpacked(path, {"x": "train"}, place)
    before = (folder / "train" / "000000.png").stat().st_mtime_ns
    npz_images.unpacked(path, {"x": "train"}, place)
    assert (folder / "train" / "000000.png").stat().st_mtime_ns == before


def test_a_failure_leaves_no_half_folder(packed, tmp_path):
    path = packed(x=fakes.picture(0, 20)[None], y=np.zeros((1, 4, 4), np.uint8))
    with pytest.raises(BadArrays, match=r"y in .* must hold 8-bit images"):
        npz_images.unpacked(path, {"x": "train", "y": "val"}, tmp_path / "made")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.npz"]


def test_other_content_has_another_digest_and_the_same_content_the_same(packed):
    first = npz_images.digest(packed(x=np.zeros((1, 20, 20), np.uint8)))
    assert npz_images.digest(packed(x=np.zeros((1, 20, 20), np.uint8))) == first
    assert npz_images.digest(packed(x=np.ones((1, 20, 20), np.uint8))) != first


def test_arrays_are_described_without_reading_them(packed):
    found = npz_images.stored(packed(x=np.zeros((2, 20, 20), np.uint8)))
    assert found == {"x": ((2, 20, 20), np.dtype(np.uint8))}


def test_labels_are_whole_numbers_in_rows(packed):
    path = packed(good=np.array([[1], [0]]), bad=np.array([0.5]))
    assert npz_images.labels(path, "good").tolist() == [[1], [0]]
    with pytest.raises(BadArrays, match="must hold whole numbers"):
        npz_images.labels(path, "bad")


def test_no_object_is_ever_unpickled(packed):
    path = packed(np.savez, x=np.array([{"a": 1}], object))
    with pytest.raises(BadArrays, match="must be an array of plain numbers"):
        npz_images.stored(path)


def test_an_array_that_declares_another_size_is_refused(packed, tmp_path):
    path = packed(np.savez, x=np.zeros((1, 20, 20), np.uint8))
    data = path.read_bytes().replace(b"(1, 20, 20)", b"(9, 20, 20)")
    path.write_bytes(data)
    with pytest.raises(BadArrays):
        npz_images.labels(path, "x")


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive"])
def test_a_file_that_is_no_npz_is_refused(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(BadArrays, match="must be a whole npz file"):
        npz_images.stored(tmp_path / "a.npz")


def test_a_truncated_file_is_refused(packed):
    path = packed(x=np.stack([fakes.picture(seed, 20) for seed in range(3)]))
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(BadArrays, match="Download it again"):
        npz_images.stored(path)


def test_an_archive_of_very_many_arrays_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(npz_images, "MAX_MEMBERS", 1)
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        for name in "ab":
            archive.writestr(f"{name}.npy", b"")
    with pytest.raises(BadArrays, match="at most 1 arrays"):
        npz_images.stored(tmp_path / "a.npz")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path):
    (tmp_path / "a.npz").mkdir()
    with pytest.raises(FileUnreadable):
        npz_images.stored(tmp_path / "a.npz")
