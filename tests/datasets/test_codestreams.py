import struct

import pydicom
import pytest
from pydicom.encaps import get_frame

from datasets import codestreams
from errors import ImageUnreadable
from tests import bombs


def frame_of(syntax):
    image = pydicom.dcmread(pydicom.filebase.DicomBytesIO(bombs.compressed(syntax)))
    return get_frame(image.PixelData, 0, number_of_frames=1)


@pytest.mark.parametrize(
    "syntax", ["JPEGBaselineProcess1", "JPEGLosslessSV1", "JPEGLSLossless", "JPEG2000Lossless"]
)
def test_every_codec_declares_its_size(syntax):
    frame = frame_of(syntax)
    assert codestreams.size(frame) == (64, 64)
    assert codestreams.size(frame[:10]) is None


def test_a_size_that_is_changed_is_the_one_declared():
    frame = bytearray(frame_of("JPEGLSLossless"))
    place = frame.index(b"\xff\xf7") + 5
    frame[place : place + 4] = struct.pack(">HH", 300, 500)
    assert codestreams.size(bytes(frame)) == (500, 300)


def test_other_bytes_declare_nothing():
    assert codestreams.size(b"RLE") is None
    assert codestreams.size(b"") is None


def test_a_progressive_jpeg_of_usual_scans_passes():
    assert codestreams.check(bombs.jpeg(progressive=True)) is None


@pytest.mark.parametrize("name", ["PNG of a million chunks", "JPEG of 5,000 scans", "JPEG of junk"])
def test_what_keeps_a_decoder_busy_is_refused(name):
    with pytest.raises(ImageUnreadable, match=r"very many|more than 100 scans"):
        codestreams.check(bombs.BOMBS[name]())


def test_a_png_may_have_a_chunk_for_each_kilobyte_and_more():
    codestreams.check(bombs.png_of_chunks(1_500))
    with pytest.raises(ImageUnreadable, match="very many chunks"):
        codestreams.check(bombs.png_of_chunks(2_500))
