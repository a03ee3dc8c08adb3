import os
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from datasets import image_files
from errors import ImageUnreadable
from tests import fakes

GREY = fakes.picture(0, 40)


def encoded(image, kind="PNG"):
    buffer = BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA"])
def test_a_grey_image_decodes_alike_in_every_colour_mode(mode):
    decoded = image_files.decode(encoded(Image.fromarray(GREY).convert(mode)))
    np.testing.assert_array_equal(decoded, GREY)
    assert decoded.dtype == np.uint8


def test_a_palette_image_decodes_to_its_grey_levels():
    image = Image.fromarray(GREY // 16 * 16)
    np.testing.assert_array_equal(
        image_files.decode(encoded(image.convert("P"))), np.asarray(image)
    )


@pytest.mark.parametrize("other", ["b.dcm", "b.DICOM", "b"])
def test_only_what_may_be_dicom_needs_other_decoders_than_pillow(other):
    assert image_files.decoders(["a.png", "x/b.JPG", "c.jpeg"]) == ()
    assert image_files.decoders(["a.png", other]) == image_files.DICOM_DECODERS


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
def test_an_image_of_more_bits_keeps_its_grey_levels(bits):
    stored = np.rint(GREY.astype(float) * (2**bits - 1) / 255).astype(np.uint16)
    stored[0, 0] = 2**bits - 1
    decoded = image_files.decode(encoded(Image.fromarray(stored)))
    np.testing.assert_allclose(decoded[1:].astype(int), GREY[1:], atol=1)


def test_a_jpeg_decodes_close_to_the_image_it_was():
    smooth = np.tile(np.arange(0, 250, 5, dtype=np.uint8), (40, 1))
    decoded = image_files.decode(encoded(Image.fromarray(smooth), "JPEG"))
    assert np.abs(decoded.astype(int) - smooth).max() < 12


def test_a_blank_image_is_an_image():
    blank = np.zeros((20, 30), np.uint8)
    np.testing.assert_array_equal(image_files.decode(encoded(Image.fromarray(blank))), blank)


@pytest.mark.parametrize("cut", [0, 8, 60, 500])
def test_a_cut_file_is_unreadable_rather_than_half_an_image(cut):
    with pytest.raises(ImageUnreadable):
        image_files.decode(encoded(Image.fromarray(GREY))[:cut])


def test_a_flipped_byte_in_the_pixels_is_noticed():
    data = bytearray(encoded(Image.fromarray(GREY)))
    data[len(data) // 2] ^= 255
    with pytest.raises(ImageUnreadable, match="damaged"):
        image_files.decode(bytes(data))


def test_a_decompression_bomb_is_refused_by_its_header():
    def chunk(kind, body):
        body = kind + body
        return (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    header = (50_000).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    with pytest.raises(ImageUnreadable, match="the limit is 100,000,000"):
        image_files.decode(bomb)


def test_a_thumbnail_is_no_image():
    with pytest.raises(ImageUnreadable, match="15 × 40"):
        image_files.decode(encoded(Image.fromarray(GREY[:, :15])))


def test_another_format_is_named_as_such():
    with pytest.raises(ImageUnreadable, match="neither PNG, JPEG nor DICOM"):
        image_files.decode(encoded(Image.fromarray(GREY), "BMP"))


def test_an_empty_file_is_called_that():
    with pytest.raises(ImageUnreadable, match="an empty file"):
        image_files.decode(b"")


def test_a_missing_file_is_unreadable(tmp_path):
    with pytest.raises(ImageUnreadable, match="No such file"):
        image_files.read(tmp_path / "none.png")


def test_a_pipe_or_a_device_is_unreadable_rather_than_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    with pytest.raises(ImageUnreadable, match="cannot be read: it is a named pipe"):
        image_files.read(tmp_path / "pipe.png")
    with pytest.raises(ImageUnreadable, match="cannot be read: it is a device"):
        image_files.read(tmp_path / "zero.png")


def test_a_file_larger_than_any_image_is_refused_unread(tmp_path):
    with (tmp_path / "big.png").open("wb") as file:
        file.truncate(image_files.MAX_BYTES + 1)
    with pytest.raises(ImageUnreadable, match="the limit is 600 MB"):
        image_files.read(tmp_path / "big.png")


@pytest.mark.real
def test_rgba_images_decode_like_their_grey_twins(real_data):
    twins = []
    for path in sorted((real_data / "nih1024" / "images").iterdir()):
        with Image.open(path) as image:
            if image.mode == "RGBA":
                twins.append(path)
    assert len(twins) == 6
    for path in twins:
        large = Image.fromarray(image_files.read(path)).resize((512, 512), Image.Resampling.BOX)
        small = image_files.read(real_data / "nih512" / "images" / path.name)
        assert np.corrcoef(np.asarray(large).ravel(), small.ravel())[0, 1] > 0.99


def test_images_whose_monochrome1_was_overruled_are_named_once_each_and_ten_at_most(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(image_files, "WARNED_OF", [])
    frontal = np.full((64, 64), 60, np.uint8)
    frontal[:, 28:40] = 220
    path = fakes.write_dicom(tmp_path / "f.dcm", frontal, PhotometricInterpretation="MONOCHROME1")
    data = path.read_bytes()
    for number in range(12):
        image_files.decode(data, f"f{number}.dcm")
        image_files.decode(data, f"f{number}.dcm")
    told = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in told] == [f"f{number}.dcm" for number in range(10)]
    assert told[-1].endswith("(no further warnings of this kind)")


CHEST = np.full((100, 100), 60, np.uint8)
CHEST[:, 45:60] = 200


def test_a_bright_spine_is_no_negative():
    assert not image_files.bone_black(CHEST)


def test_a_dark_spine_is_a_negative():
    assert image_files.bone_black(255 - CHEST)


@pytest.mark.parametrize("plane", [np.zeros((20, 20), np.uint8), fakes.picture(0, 200)])
def test_where_it_is_unclear_the_answer_is_no(plane):
    assert not image_files.bone_black(plane)
    assert not image_files.bone_black(255 - plane)


@pytest.mark.real
def test_two_real_images_are_negatives_and_most_true_negatives_are_found(real_data):
    paths = sorted((real_data / "nih512" / "images").iterdir())
    planes = [image_files.read(path)[::4, ::4] for path in paths]
    found = [
        path.stem
        for path, plane in zip(paths, planes, strict=True)
        if image_files.bone_black(plane)
    ]
    assert found == ["00017625_000", "00017999_000"]
    assert np.mean([image_files.bone_black(255 - plane) for plane in planes]) > 0.95
