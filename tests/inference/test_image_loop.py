from types import SimpleNamespace

import numpy as np

from datasets import sources
from inference import image_loop
from tests import fakes


def files(folder, count, broken=()):
    """Images, some of which are damaged."""
    paths = [folder / f"{number}.png" for number in range(count)]
    for number, path in enumerate(paths):
        fakes.write_picture(path, number)
        if number in broken:
            path.write_bytes(b"no image")
    return sources.images_of_files(paths, ["Mass"])


def loop(images, make, at_once, cached=None):
    return list(image_loop.windows(images, make, 2, cached, at_once))


def test_windows_hold_all_images_in_order(tmp_path):
    images = files(tmp_path, 7)
    found = loop(images, lambda file, known: file.path, 3)
    assert [window.rows for window in found] == [[0, 1, 2], [3, 4, 5], [6]]
    assert [path for window in found for path in window.made.values()] == images.paths.tolist()


def test_an_image_that_cannot_be_read_has_its_reason_in_its_place(tmp_path):
    (window,) = loop(files(tmp_path, 3, broken=[1]), lambda file, known: 0, 3)
    assert window.rows == [0, 1, 2]
    assert list(window.made) == [0, 2]
    assert window.unread == {1: "neither PNG, JPEG nor DICOM"}


def test_each_image_comes_with_its_own_cached_features(tmp_path):
    class Cached:
        """Knows the length of every path."""

        def of(self, ids, paths):
            return [SimpleNamespace(of=lambda data, path=path: len(path)) for path in paths]

    images = files(tmp_path, 12)
    found = loop(images, lambda file, known: known, 5, Cached())
    lengths = np.array([known for window in found for known in window.made.values()])
    np.testing.assert_array_equal(lengths, list(map(len, images.paths)))


def test_a_window_keeps_every_device_busy():
    network = SimpleNamespace(transform_images=len, images_at_once=8 * 32)
    working = SimpleNamespace(extractors={"words": object(), "network": network})
    assert image_loop.images_at_once(working) == 8 * 32
    assert image_loop.images_at_once(SimpleNamespace(extractors={})) == image_loop.WINDOW
