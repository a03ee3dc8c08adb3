from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from datasets import images
from errors import ImageUnreadable, UploadRefused
from pipelines.serving.uploads import Spooled, decoded, harmless_name
from tests.pipelines.serving import films


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("film.png", "film.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\films\\a.dcm", "a.dcm"),
        ("/", "film"),
        ("..", "film"),
        (None, "film"),
        ("a\x00\n\u202eb.png", "ab.png"),
        ("x" * 500, "x" * 100),
    ],
)
def test_a_name_is_its_last_part_and_can_be_printed(given, shown):
    assert harmless_name(given) == shown


def test_a_good_film_is_decoded_as_everywhere():
    for data in (films.png(), films.dicom()):
        np.testing.assert_array_equal(decoded(data, 1), images.decode(data))


@pytest.mark.parametrize("data", films.BAD.values(), ids=films.BAD)
def test_a_bad_film_is_refused_in_one_sentence(data):
    with pytest.raises((ImageUnreadable, UploadRefused)) as refusal:
        decoded(data, 1)
    assert "\n" not in str(refusal.value)
    assert "object at 0x" not in str(refusal.value)


@pytest.mark.parametrize("name", ["huge png", "huge dicom"])
def test_a_header_that_tells_of_too_many_pixels_is_enough(name, monkeypatch):
    monkeypatch.setattr(images, "decode", lambda data: 1 / 0)
    with pytest.raises(UploadRefused, match="1 megapixels at most"):
        decoded(films.BAD[name], 1)


def test_a_picture_inside_a_dicom_may_not_be_larger_than_its_header_tells(tmp_path):
    Image.new("L", (3000, 3000)).save(tmp_path / "inside.jpg")
    data = films.dicom() + (tmp_path / "inside.jpg").read_bytes()
    with pytest.raises(UploadRefused, match="3000 × 3000"):
        decoded(data, 1)


def test_a_deflated_dicom_is_not_inflated():
    data = films.dicom().replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
    with pytest.raises(UploadRefused, match="deflated"):
        decoded(data, 1)


def test_what_a_decoder_says_of_a_persons_tags_is_not_repeated(monkeypatch):
    def decode(data):
        raise ImageUnreadable("damaged DICOM: 'Doe^Jane' is no number")

    monkeypatch.setattr(images, "decode", decode)
    with pytest.raises(ImageUnreadable, match=r"^damaged DICOM$"):
        decoded(films.dicom(), 1)


def test_a_decoder_that_falls_over_is_a_film_that_cannot_be_decoded(monkeypatch):
    monkeypatch.setattr(images, "decode", lambda data: 1 / 0)
    with pytest.raises(ImageUnreadable, match=r"^it cannot be decoded$"):
        decoded(films.png(), 1)


def test_an_upload_in_a_file_gives_all_its_bytes_however_often_it_is_asked():
    upload = Spooled("film.png", BytesIO(b"all bytes"))
    assert [upload.data, upload.data] == [b"all bytes", b"all bytes"]
