"""DICOM pixels as a radiologist sees them: modality LUT, then VOI LUT, inversion last."""

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
import pydicom
from pydicom.encaps import get_frame
from pydicom.filereader import read_partial
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.tag import BaseTag, Tag
from pydicom.uid import ImplicitVRLittleEndian

from datasets import codestreams
from datasets.image_files import Decoded, bone_black
from errors import ImageUnreadable

# Without a window a few dead or burnt-out pixels would otherwise set the whole range.
TAILS = (0.5, 99.5)
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
LUMA = np.array([0.299, 0.587, 0.114])
PIXELS = Tag("PixelData")
# Images have a few hundred tags; seven million empty ones keep pydicom busy for a minute.
MOST_TAGS = 20_000
# What starts an item of a sequence, in either order of bytes.
ITEMS = (b"\xfe\xff\x00\xe0", b"\xff\xfe\xe0\x00")
# Values of so many bits or fewer are counted; of others each pixel is a level of its own.
COUNTED_BITS = 16
PIXELS_AT_ONCE = 4_000_000


def read_header(data: bytes, pixels: bool = False) -> pydicom.Dataset:
    """The data set, its pixels left unread unless asked for."""
    if sum(map(data.count, ITEMS)) > MOST_TAGS:
        raise ImageUnreadable(f"a DICOM of more than {MOST_TAGS:,} items")
    with readable():
        found = read_partial(BytesIO(data), _stop(pixels), force=True)
        if "Rows" not in found:
            raise ImageUnreadable("a DICOM without a picture, or no DICOM at all")
        if "TransferSyntaxUID" not in found.file_meta:
            found.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    return found


def _stop(pixels: bool) -> Callable[[BaseTag, str | None, int], bool]:
    """Whether to stop reading at a tag: at the pixels unless asked for; too many tags raise."""
    seen = 0

    def stop(tag: BaseTag, vr: str | None, length: int) -> bool:
        nonlocal seen
        seen += 1
        if seen > MOST_TAGS:
            raise ImageUnreadable(f"a DICOM of more than {MOST_TAGS:,} tags")
        return tag >= PIXELS and not pixels

    return stop


@contextmanager
def readable() -> Iterator[None]:
    """A place to look at tags, which are decoded when they are looked at: damaged ones raise."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (ImageUnreadable, MemoryError):
        raise
    # What damaged tags make pydicom raise has no common ancestor.
    except Exception as error:
        raise ImageUnreadable(f"damaged DICOM: {_told(error)}") from error


def decode(data: bytes, check_size: Callable[[int, int], None]) -> Decoded:
    """The one frame of a DICOM as a grey plane."""
    image = read_header(data, pixels=True)
    with readable():
        if "PixelData" not in image:
            raise ImageUnreadable("a DICOM without PixelData")
        width, height = int(image.get("Columns", 0)), int(image.get("Rows", 0))
        check_size(width, height)
        frames = int(image.get("NumberOfFrames", 1) or 1)
        if frames > 1:
            raise ImageUnreadable(f"a DICOM of {frames} frames; a film has one")
        _check_frame(image, (width, height))
        stored = _pixels(image)
    try:
        return _display(image, stored)
    except (TypeError, ValueError, ArithmeticError, AttributeError, IndexError) as error:
        raise ImageUnreadable("a DICOM whose window or rescaling makes no sense") from error


def _check_frame(image: pydicom.Dataset, size: tuple[int, int]) -> None:
    """Refuse a compressed frame of another size than the header's, which was checked."""
    if not image.file_meta.TransferSyntaxUID.is_encapsulated:
        return
    frame = get_frame(image.PixelData, 0, number_of_frames=1)
    codestreams.check(frame)
    declared = codestreams.size(frame)
    if declared and declared != size:
        raise ImageUnreadable(
            f"a DICOM of {size[0]} × {size[1]} pixels whose frame has"
            f" {declared.width} × {declared.height}"
        )


def _pixels(image: pydicom.Dataset) -> np.ndarray:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return image.pixel_array
    except Exception as error:  # Decoders raise whatever their C libraries make of damaged data.
        syntax, told = image.file_meta.TransferSyntaxUID.name, _told(error)
        raise ImageUnreadable(f"DICOM pixels ({syntax}) cannot be decoded: {told}") from error


def _told(error: Exception) -> str:
    """What went wrong without what it quotes: a damaged tag may hold a person's name."""
    return " ".join(QUOTED.sub("…", str(error)).split())


def _display(image: pydicom.Dataset, stored: np.ndarray) -> Decoded:
    if stored.ndim == 3:
        grey = np.concatenate([rows @ LUMA for rows in _blocks(stored)])
        grey /= 2.0 ** int(image.BitsStored) - 1
        return Decoded(np.rint(255 * grey).astype(np.uint8))
    levels, counts, places = _levels(stored)
    windowed = "WindowWidth" in image or "VOILUTSequence" in image
    values = apply_voi_lut(apply_modality_lut(levels, image), image, index=0).astype(np.float64)
    low, high = _range(image, values, counts, windowed)
    shown = np.clip((values - low) / max(high - low, 1e-9), 0, 1)
    table = np.rint(255 * shown).astype(np.uint8)
    white = np.concatenate([table[rows] for rows in _blocks(places)])
    if image.get("PhotometricInterpretation") != "MONOCHROME1" and (
        image.get("PresentationLUTShape") != "INVERSE"
    ):
        return Decoded(white)
    if bone_black(255 - white):
        return Decoded(white, overruled=True)
    return Decoded(255 - white)


def _levels(stored: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The values stored (m,), how many pixels have each (m,), and which each pixel has (h, w).

    Tables and windows are then applied to levels, not to pixels: the same in a tenth of the memory.
    """
    low, high = int(stored.min()), int(stored.max())
    if high - low >= 2**COUNTED_BITS:
        levels, places, counts = np.unique(stored, return_inverse=True, return_counts=True)
        return levels, counts, places.reshape(stored.shape)
    offsets = (stored - np.asarray(low, stored.dtype)).view(f"u{stored.itemsize}")
    found = [np.bincount(rows.ravel(), minlength=high - low + 1) for rows in _blocks(offsets)]
    return np.arange(low, high + 1).astype(stored.dtype), np.sum(found, axis=0), offsets


def _blocks(pixels: np.ndarray) -> list[np.ndarray]:
    """Rows a few at a time: numpy makes eight bytes of each number that it counts or looks up."""
    return np.array_split(pixels, 1 + pixels.size // PIXELS_AT_ONCE)


def _range(
    image: pydicom.Dataset, values: np.ndarray, counts: np.ndarray, windowed: bool
) -> tuple[float, float]:
    seen = counts > 0
    values, counts = values[seen], counts[seen]
    if not np.isfinite(values).all():
        raise ImageUnreadable("a DICOM whose rescaled values are not finite")
    if windowed:
        return float(values.min()), float(values.max())
    if image.get("BitsStored") == 8 and values.min() >= 0 and values.max() <= 255:
        return 0.0, 255.0
    low, high = (_percentile(values, counts, percent) for percent in TAILS)
    return low, high


def _percentile(values: np.ndarray, counts: np.ndarray, percent: float) -> float:
    """What `np.percentile` gives for all pixels, from values and how many pixels have each."""
    order = np.argsort(values)
    ends = np.cumsum(counts[order])
    place = (ends[-1] - 1) * (percent / 100)
    share = place - np.floor(place)
    below, above = np.searchsorted(ends, [np.floor(place), np.ceil(place)], "right")
    first, second = values[order[below]], values[order[above]]
    step = second - first
    return float(second - step * (1 - share) if share >= 0.5 else first + step * share)
