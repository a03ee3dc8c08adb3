from io import BytesIO

import numpy as np
import pytest

from datasets import image_files
from errors import ImageUnreadable, UploadRefused
from serving.uploads import Spooled, decoded, harmless_name
from tests import bombs
from tests.serving import pictures


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("film.png", "film.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\films\\a.dcm", "a.dcm"),
        ("/", "image"),
        ("..", "image"),
        (None, "image"),
        ("a\x00\n\u202eb.png", "ab.png"),
        ("x" * 500, "x" * 100),
    ],
)
def test_a_name_is_its_last_part_and_can_be_printed(given, shown):
    assert harmless_name(given) == shown


def test_a_good_image_is_decoded_as_everywhere():
    for data in (pictures.png(), pictures.dicom()):
        np.testing.assert_array_equal(decoded(data, 1).plane, image_files.decode(data))


@pytest.mark.parametrize("data", pictures.BAD.values(), ids=pictures.BAD)
def test_a_bad_image_is_refused_in_one_sentence(data):
    with pytest.raises((ImageUnreadable, UploadRefused)) as refusal:
        decoded(data, 1)
    assert "\n" not in str(refusal.value)
    assert "object at 0x" not in str(refusal.value)


@pytest.mark.parametrize("name", ["huge png", "huge dicom"])
def test_a_header_that_declares_too_many_pixels_is_refused_as_too_large(name):
    with pytest.raises(UploadRefused, match="at most 1 megapixels"):
        decoded(pictures.BAD[name], 1)


def test_a_frame_may_not_be_larger_than_its_header_declares():
    with pytest.raises(ImageUnreadable, match="whose frame has 20000 × 20000"):
        decoded(bombs.decoy(), 1)


def test_a_deflated_dicom_is_read_within_the_limits_of_memory():
    with pytest.raises(ImageUnreadable, match="cannot be decoded safely"):
        decoded(bombs.deflated_dicom(), 1)


def test_what_a_decoder_says_of_a_persons_tags_is_not_repeated():
    data = pictures.dicom(WindowWidth="98765432", WindowCenter="40")
    with pytest.raises(ImageUnreadable) as refusal:
        decoded(data.replace(b"98765432", b"DOE^JANE"), 1)
    assert "DOE" not in str(refusal.value)


def test_an_upload_in_a_file_gives_all_its_bytes_however_often_it_is_asked():
    upload = Spooled("film.png", BytesIO(b"all bytes"))
    assert [upload.data, upload.data] == [b"all bytes", b"all bytes"]


@pytest.mark.parametrize("name", bombs.CRASHES)
def test_a_decoder_that_crashes_is_an_image_that_cannot_be_decoded(name):
    with pytest.raises(ImageUnreadable, match=r"^cannot be decoded safely$"):
        decoded(bombs.CRASHES[name](), 1)
