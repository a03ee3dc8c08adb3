import threading
import time
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from datasets import image_files
from datasets.image_stream import ahead, each_image, image_threads, in_threads
from errors import ImageUnreadable
from tests import fakes


@pytest.fixture
def paths(tmp_path):
    for number in range(5):
        fakes.write_picture(tmp_path / f"{number}.png", seed=number)
    (tmp_path / "2.png").write_bytes(b"no picture")
    return [str(tmp_path / f"{number}.png") for number in range(5)]


def test_each_image_is_decoded_and_comes_in_order(paths):
    with image_threads(2) as pool:
        stream = each_image(pool, [4, 0, 1], paths.__getitem__, lambda _, file: file.decoded, 2)
        found = dict(stream)
    assert list(found) == [4, 0, 1]
    for number, decoded in found.items():
        np.testing.assert_array_equal(decoded.plane, image_files.read(paths[number]))


def test_an_unreadable_file_comes_as_its_error_and_the_others_go_on(paths):
    with image_threads(2) as pool:
        stream = each_image(pool, paths, str, lambda path, file: len(file.data), 3)
        unreadable = [path for path, made in stream if isinstance(made, ImageUnreadable)]
    assert unreadable == [paths[2]]


def test_opencv_uses_one_thread_in_each_of_ours():
    with image_threads(2):
        assert cv2.getNumThreads() == 1


def test_only_so_many_items_are_under_way():
    under_way, most = [], []
    lock = threading.Lock()

    def make(item):
        with lock:
            under_way.append(item)
        return item

    with ThreadPoolExecutor(2) as pool:
        for item in ahead(pool, make, range(50), window=5):
            time.sleep(0.001)
            most.append(len(under_way) - item)
    assert max(most) <= 5
    assert sorted(under_way) == list(range(50))


def test_what_threads_make_comes_in_order():
    assert list(in_threads(lambda item: item**2, range(20), 3)) == [n**2 for n in range(20)]
    assert list(in_threads(str, [], 2)) == []
