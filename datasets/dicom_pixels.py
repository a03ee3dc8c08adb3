"""DICOM pixels as a radiologist sees them: modality LUT, then VOI LUT, inversion last."""

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO

import numpy as np
import pydicom
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.uid import ImplicitVRLittleEndian

from datasets import polarity
from errors import ImageUnreadable
from progress import warn

# Without a window a few dead or burnt-out pixels would otherwise set the whole range.
TAILS = (0.5, 99.5)
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
LUMA = np.array([0.299, 0.587, 0.114])


def read_header(data: bytes, pixels: bool = False) -> pydicom.Dataset:
    """The data set, its pixels left unread unless asked for."""
    with readable():
        found = pydicom.dcmread(BytesIO(data), force=True, stop_before_pixels=not pixels)
        if "Rows" not in found:
            raise ImageUnreadable("a DICOM without a picture, or no DICOM at all")
        if "TransferSyntaxUID" not in found.file_meta:
            found.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    return found


@contextmanager
def readable() -> Iterator[None]:
    """A place to look at tags, which are decoded when they are looked at: damaged ones raise."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except ImageUnreadable:
        raise
    # What damaged tags make pydicom raise has no common ancestor.
    except Exception as error:
        raise ImageUnreadable(f"damaged DICOM: {_told(error)}") from error


def decode(data: bytes, check_size: Callable[[int, int], None]) -> np.ndarray:
    """The one frame of a DICOM as a grey plane, (height, width) uint8, bone white."""
    film = read_header(data, pixels=True)
    with readable():
        if "PixelData" not in film:
            raise ImageUnreadable("a DICOM without PixelData")
        check_size(int(film.get("Columns", 0)), int(film.get("Rows", 0)))
        frames = int(film.get("NumberOfFrames", 1) or 1)
        if frames > 1:
            raise ImageUnreadable(f"a DICOM of {frames} frames; a film has one")
        stored = _pixels(film)
    try:
        return _display(film, stored)
    except (TypeError, ValueError, ArithmeticError, AttributeError, IndexError) as error:
        raise ImageUnreadable("a DICOM whose window or rescaling makes no sense") from error


def _pixels(film: pydicom.Dataset) -> np.ndarray:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return film.pixel_array
    except Exception as error:  # Decoders raise whatever their C libraries make of damaged data.
        syntax, told = film.file_meta.TransferSyntaxUID.name, _told(error)
        raise ImageUnreadable(f"DICOM pixels ({syntax}) cannot be decoded: {told}") from error


def _told(error: Exception) -> str:
    """What went wrong without what it quotes: a damaged tag may hold a person's name."""
    return QUOTED.sub("…", str(error))


def _display(film: pydicom.Dataset, stored: np.ndarray) -> np.ndarray:
    if stored.ndim == 3:
        grey = stored @ LUMA / (2.0 ** int(film.BitsStored) - 1)
        return np.rint(255 * grey).astype(np.uint8)
    windowed = "WindowWidth" in film or "VOILUTSequence" in film
    values = apply_voi_lut(apply_modality_lut(stored, film), film, index=0).astype(np.float64)
    low, high = _range(film, values, windowed)
    shown = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
    white = np.rint(255 * shown).astype(np.uint8)
    if film.get("PhotometricInterpretation") != "MONOCHROME1" and (
        film.get("PresentationLUTShape") != "INVERSE"
    ):
        return white
    if polarity.bone_black(255 - white):
        _tell_overruled()
        return white
    return 255 - white


@cache
def _tell_overruled() -> None:
    warn(
        "a DICOM says MONOCHROME1 but is stored bone white already: not inverted"
        " (said once; there may be more)"
    )


def _range(film: pydicom.Dataset, values: np.ndarray, windowed: bool) -> tuple[float, float]:
    if not np.isfinite(values).all():
        raise ImageUnreadable("a DICOM whose rescaled values are not finite")
    if windowed:
        return float(values.min()), float(values.max())
    if film.get("BitsStored") == 8 and values.min() >= 0 and values.max() <= 255:
        return 0.0, 255.0
    low, high = np.percentile(values, TAILS)
    return float(low), float(high)
