import json
import struct
import time
from contextlib import suppress
from io import BytesIO
from threading import Event, Thread

import numpy as np
import psutil
import pytest
from PIL import Image

from datasets import decoding, image_files
from errors import ImageTooLarge, ImageUnreadable
from tests import bombs, clocks, fakes

GREY = fakes.picture(0, 40)


def png(picture):
    data = BytesIO()
    Image.fromarray(picture).save(data, "PNG")
    return data.getvalue()


def test_a_childs_answer_is_the_plane_with_its_shape():
    picture = GREY[:, :30]
    answer = decoding.decoded(struct.pack(image_files.REQUEST, 10_000) + png(picture))
    assert struct.unpack_from(image_files.ANSWER, answer) == (False, 40, 30)
    np.testing.assert_array_equal(image_files.decode_apart(png(picture)).plane, picture)


def test_more_pixels_than_asked_for_are_refused():
    with pytest.raises(ImageTooLarge, match="the limit is 1,599 pixels"):
        image_files.decode_apart(png(GREY), 1_599)


def test_a_header_holds_a_digest_in_place_of_the_patient(tmp_path):
    path = fakes.write_dicom(tmp_path / "a.dcm", GREY, PatientID="4711", ViewPosition="DR DOE")
    header = json.loads(decoding.dicom_header(path.read_bytes()))
    assert (header["age"], header["sex"]) == ("061Y", "F")
    assert header["view"] == ""
    assert len(header["patient"]) == 12
    assert "4711" not in str(header)


def test_greys_stored_as_colours_are_no_colours():
    assert not image_files.coloured(png(np.repeat(GREY[:, :, None], 3, axis=2)))
    assert image_files.coloured(png(np.stack([GREY, GREY // 2, GREY // 4], axis=2)))


class Watch(Thread):
    """Peak of the memory of this process's children."""

    def __init__(self):
        super().__init__()
        self.over, self.peak = Event(), 0

    def run(self):
        own = psutil.Process().cmdline()
        while not self.over.wait(0.01):
            for child in psutil.Process().children():
                # Until it runs its own program, a child shares the memory of this process.
                with suppress(psutil.Error):
                    if child.cmdline() != own:
                        self.peak = max(self.peak, child.memory_info().rss)


@pytest.fixture(scope="module")
def refusals():
    """What came of each bomb, its seconds, and the peak of memory."""
    image_files.CHILDREN.close()
    found, watch = {}, Watch()
    watch.start()
    for name, make in bombs.BOMBS.items():
        data, start = make(), time.monotonic()
        with pytest.raises(ImageUnreadable) as refusal:
            image_files.decode(data)
        found[name] = str(refusal.value), time.monotonic() - start, clocks.seconds(5)
    watch.over.set()
    watch.join()
    return found, watch.peak


@pytest.mark.slow
@pytest.mark.parametrize("name", bombs.BOMBS)
def test_a_bomb_is_refused_in_a_sentence_within_five_seconds(refusals, name):
    sentence, seconds, limit = refusals[0][name]
    assert seconds < limit
    assert "\n" not in sentence


@pytest.mark.slow
def test_no_bomb_takes_500_megabytes(refusals):
    assert 10_000_000 < refusals[1] < 500_000_000


@pytest.mark.slow
def test_tags_that_are_hidden_in_an_item_are_ended_by_their_processor_time():
    with pytest.raises(ImageUnreadable, match="cannot be decoded safely: it takes too"):
        image_files.decode(bombs.dicom_of_hidden_tags())


@pytest.mark.slow
def test_a_crash_is_one_image_and_the_next_is_read(tmp_path):
    good = fakes.write_dicom(tmp_path / "good.dcm", GREY).read_bytes()
    for make in bombs.CRASHES.values():
        with pytest.raises(ImageUnreadable, match="safely: it crashes its reader"):
            image_files.decode(make())
        np.testing.assert_array_equal(image_files.decode(good), GREY)


@pytest.mark.long
@pytest.mark.parametrize(
    "syntax", ["JPEGBaselineProcess1", "JPEGLosslessSV1", "JPEGLSLossless", "JPEG2000Lossless"]
)
def test_no_changed_byte_of_a_compressed_dicom_ends_this_process(syntax):
    data, rng = bombs.compressed(syntax), np.random.default_rng(0)
    start = data.index(bombs.PIXELS) + 12
    for _ in range(1_000):
        changed = bytearray(data)
        changed[start + rng.integers(160)] = rng.integers(256)
        with suppress(ImageUnreadable):
            assert image_files.decode(bytes(changed)).shape == (64, 64)
