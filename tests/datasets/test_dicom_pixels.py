from io import BytesIO

import numpy as np
import pydicom
import pytest
from pydicom.pixels import apply_modality_lut, apply_voi_lut

from datasets import dicom_pixels, image_files
from errors import ImageUnreadable
from tests import fakes

GREY = fakes.picture(1, 64)
DEEP = (GREY.astype(np.uint16) << 4) + 7


@pytest.fixture
def decode(tmp_path):
    return lambda stored, **tags: image_files.read(
        fakes.write_dicom(tmp_path / "f", stored, **tags)
    )


def test_eight_bits_decode_as_stored(decode):
    np.testing.assert_array_equal(decode(GREY), GREY)


def test_monochrome1_is_shown_bone_white(decode):
    shown = decode(255 - GREY, PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_array_equal(shown, GREY)


def test_a_window_is_applied_before_the_inversion(decode):
    """A window over the upper half; inverting first would keep the lower half instead."""
    window = {"WindowCenter": 3072, "WindowWidth": 2048, "BitsStored": 12, "HighBit": 11}
    shown = decode(DEEP, PhotometricInterpretation="MONOCHROME1", **window)
    expected = 255 * (1 - np.clip((DEEP - 2048.0) / 2047, 0, 1))
    np.testing.assert_allclose(shown, expected, atol=1.5)


def test_the_modality_lut_comes_before_the_window(decode):
    window = {"WindowCenter": 2048, "WindowWidth": 4096, "BitsStored": 12, "HighBit": 11}
    plain = decode(DEEP, **window)
    window |= {"WindowCenter": 2048 - 1000, "RescaleIntercept": -1000, "RescaleSlope": 1}
    np.testing.assert_allclose(decode(DEEP, **window).astype(int), plain, atol=1)


def test_the_first_of_several_windows_counts(decode):
    one = decode(DEEP, WindowCenter=1000, WindowWidth=800)
    both = decode(DEEP, WindowCenter=[1000, 3000], WindowWidth=[800, 100])
    np.testing.assert_array_equal(both, one)


def test_without_a_window_the_range_is_that_of_nearly_all_pixels(decode):
    burnt = DEEP.copy()
    burnt[0, 0] = 65535
    assert 250 < np.percentile(decode(burnt), 98) <= 255


def test_colour_is_weighed_to_grey(tmp_path):
    path = fakes.write_dicom(tmp_path / "f", GREY)
    image = pydicom.dcmread(path)
    image.SamplesPerPixel, image.PhotometricInterpretation, image.PlanarConfiguration = 3, "RGB", 0
    image.PixelData = np.stack([GREY, GREY, GREY], axis=-1).tobytes()
    image.save_as(path)
    np.testing.assert_array_equal(image_files.read(path), GREY)


@pytest.mark.parametrize(
    "syntax", ["RLELossless", "JPEGLosslessSV1", "JPEGLSLossless", "JPEG2000Lossless"]
)
def test_compressed_syntaxes_decode_to_what_was_stored(tmp_path, syntax):
    path = fakes.write_dicom(tmp_path / "f.dcm", GREY)
    if syntax == "RLELossless":
        image = pydicom.dcmread(path)
        image.compress(pydicom.uid.RLELossless, encoding_plugin="pydicom")
        image.save_as(path)
    else:
        fakes.compress(path, syntax)
    assert pydicom.dcmread(path).file_meta.TransferSyntaxUID == getattr(pydicom.uid, syntax)
    np.testing.assert_array_equal(image_files.read(path), GREY)


@pytest.mark.parametrize("seed", range(8))
def test_levels_are_displayed_as_pixels_one_by_one_would_be(tmp_path, seed):
    rng = np.random.default_rng(seed)
    stored = rng.normal(1000, 300, (40, 50)).astype(np.int16 if seed % 2 else np.uint16)
    slope = (1, -2.7)[seed % 3 == 0]
    tags = {"RescaleSlope": slope, "RescaleIntercept": 3.3}
    tags |= {"WindowCenter": 900 * slope, "WindowWidth": 800} if seed > 4 else {}
    image = pydicom.dcmread(fakes.write_dicom(tmp_path / "f", stored, **tags))
    values = apply_voi_lut(apply_modality_lut(stored, image), image, index=0).astype(float)
    low, high = (values.min(), values.max()) if seed > 4 else np.percentile(values, (0.5, 99.5))
    expected = np.rint(255 * np.clip((values - low) / (high - low), 0, 1)).astype(np.uint8)
    np.testing.assert_array_equal(dicom_pixels.displayed(image, stored).plane, expected)


def test_values_of_more_bits_than_are_counted_are_displayed_alike(tmp_path):
    image = pydicom.dcmread(fakes.write_dicom(tmp_path / "f", DEEP))
    wide = DEEP.astype(np.uint32) * 100
    shown, few = (dicom_pixels.displayed(image, each).plane for each in (wide, DEEP))
    np.testing.assert_array_equal(shown, few)


def test_a_data_set_without_preamble_is_understood(tmp_path):
    image = pydicom.dcmread(fakes.write_dicom(tmp_path / "f.dcm", GREY))
    image.SpecificCharacterSet = "ISO_IR 100"
    buffer = BytesIO()
    bare = pydicom.Dataset(image)
    bare.save_as(buffer, implicit_vr=True, little_endian=True)
    assert b"DICM" not in buffer.getvalue()
    np.testing.assert_array_equal(image_files.decode(buffer.getvalue()), GREY)


def test_a_report_without_pixels_is_unreadable(tmp_path):
    path = fakes.write_dicom(tmp_path / "f.dcm", GREY)
    image = pydicom.dcmread(path)
    del image.PixelData
    image.save_as(path)
    with pytest.raises(ImageUnreadable, match="without PixelData"):
        image_files.read(path)


def test_several_frames_are_no_image(decode):
    with pytest.raises(ImageUnreadable, match="of 2 frames"):
        decode(GREY, NumberOfFrames=2)


def test_pixels_cut_short_are_unreadable(tmp_path):
    path = fakes.write_dicom(tmp_path / "f.dcm", GREY)
    with pytest.raises(ImageUnreadable):
        image_files.decode(path.read_bytes()[:-100])


def test_a_bomb_is_refused_by_its_header(decode):
    with pytest.raises(ImageUnreadable, match="the limit"):
        decode(GREY, Rows=60000, Columns=60000)


def test_monochrome1_on_pixels_that_are_bone_white_already_is_overruled_and_said(
    decode, capsys, monkeypatch
):
    image = np.full((64, 64), 60, np.uint8)
    image[:, 28:40] = 220
    monkeypatch.setattr(image_files, "WARNED_OF", [])
    np.testing.assert_array_equal(decode(image, PhotometricInterpretation="MONOCHROME1"), image)
    told = capsys.readouterr().err
    assert "/f is marked MONOCHROME1 but stored with white bones, so it was not inverted" in told


def test_a_true_negative_is_inverted_and_nothing_said(decode, capsys):
    image = np.full((64, 64), 60, np.uint8)
    image[:, 28:40] = 220
    shown = decode(255 - image, PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_array_equal(shown, image)
    assert not capsys.readouterr().err


@pytest.mark.real
def test_an_image_and_its_monochrome1_twin_decode_alike(real_data):
    one, two = (image_files.read(real_data / "dicom" / f"monochrome{n}.dcm") for n in (1, 2))
    assert np.abs(one.astype(int) - two.astype(int)).max() <= 1
    assert one.shape == (1024, 1024)


@pytest.mark.parametrize("tag", ["WindowWidth", "RescaleSlope"])
def test_numbers_that_are_none_are_a_reason_that_does_not_quote_them(tmp_path, tag):
    tags = {
        "WindowWidth": "400",
        "WindowCenter": "40",
        "RescaleSlope": "1",
        "RescaleIntercept": "0",
    }
    path = fakes.write_dicom(tmp_path / "film.dcm", fakes.picture(0), **(tags | {tag: "98765432"}))
    with pytest.raises(ImageUnreadable, match="invalid window or rescaling") as refused:
        image_files.decode(path.read_bytes().replace(b"98765432", b"DOE^JANE"))
    assert "DOE" not in str(refused.value)


def test_a_reason_does_not_quote_what_stands_in_a_damaged_tag(tmp_path):
    path = fakes.write_dicom(tmp_path / "film.dcm", fakes.picture(0))
    with pytest.raises(ImageUnreadable, match="cannot be decoded: Unknown") as refused:
        image_files.decode(path.read_bytes().replace(b"MONOCHROME2", b"DOE^JANE^XX"))
    assert "DOE" not in str(refused.value)


@pytest.mark.parametrize("tags", [{"NumberOfFrames": "1\\2"}, {"Rows": [24, 24]}])
def test_tags_that_say_what_no_images_do_are_a_reason(tmp_path, tags):
    path = fakes.write_dicom(tmp_path / "f", GREY)
    image = pydicom.dcmread(path)
    for name, value in tags.items():
        setattr(image, name, value)
    image.save_as(path)
    with pytest.raises(ImageUnreadable, match="DICOM"):
        image_files.read(path)
