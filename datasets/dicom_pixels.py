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

# Without a window a few dead or saturated pixels would otherwise set the whole range.
TAILS = (0.5, 99.5)
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
LUMA = np.array([0.299, 0.587, 0.114])
PIXELS = Tag("PixelData")
# Real images have a few hundred tags; pydicom takes a minute for seven million empty ones.
MOST_TAGS = 20_000
# The start of an item of a sequence, in both byte orders.
ITEMS = (b"\xfe\xff\x00\xe0", b"\xff\xfe\xe0\x00")
# Values of at most this many bits are counted by bincount, wider ones by sorting.
COUNTED_BITS = 16
PIXELS_AT_ONCE = 4_000_000


def read_header(data: bytes, pixels: bool = False) -> pydicom.Dataset:
    """The tags of a DICOM; the pixels are read only with `pixels`."""
    if sum(map(data.count, ITEMS)) > MOST_TAGS:
        raise ImageUnreadable(f"a DICOM of more than {MOST_TAGS:,} items")
    with readable():
        dataset = read_partial(BytesIO(data), _stop(pixels), force=True)
        if "Rows" not in dataset:
            raise ImageUnreadable("neither a DICOM with an image nor any other known format")
        if "TransferSyntaxUID" not in dataset.file_meta:
            dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    return dataset


def _stop(pixels: bool) -> Callable[[BaseTag, str | None, int], bool]:
    """A function that stops reading at the pixels, unless wanted, and raises at too many tags."""
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
    """A context in which damaged tags, which pydicom decodes on access, raise ImageUnreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (ImageUnreadable, MemoryError):
        raise
    # What damaged tags make pydicom raise has no common ancestor.
    except Exception as error:
        raise ImageUnreadable(f"damaged DICOM: {_without_quotes(error)}") from error


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
            raise ImageUnreadable(f"a DICOM of {frames} frames; only one frame is supported")
        _check_frame(image, (width, height))
        stored = _pixels(image)
    try:
        return displayed(image, stored)
    except (TypeError, ValueError, ArithmeticError, AttributeError, IndexError) as error:
        raise ImageUnreadable("a DICOM with an invalid window or rescaling") from error


def _check_frame(image: pydicom.Dataset, size: tuple[int, int]) -> None:
    """Refuse a compressed frame whose size differs from the header, which was checked."""
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
        syntax, reason = image.file_meta.TransferSyntaxUID.name, _without_quotes(error)
        raise ImageUnreadable(f"DICOM pixels ({syntax}) cannot be decoded: {reason}") from error


def _without_quotes(error: Exception) -> str:
    """The error without quoted text, because a damaged tag may hold the name of a person."""
    return " ".join(QUOTED.sub("…", str(error)).split())


def displayed(image: pydicom.Dataset, stored: np.ndarray) -> Decoded:
    """Stored values as they are displayed, white for bone."""
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
    """Distinct values (m,), how many pixels have each (m,), and the index of each pixel (h, w).

    Lookup tables and windows are applied to these values, not to pixels, in a tenth of the memory.
    """
    low, high = int(stored.min()), int(stored.max())
    if high - low >= 2**COUNTED_BITS:
        levels, places, counts = np.unique(stored, return_inverse=True, return_counts=True)
        return levels, counts, places.reshape(stored.shape)
    offsets = (stored - np.asarray(low, stored.dtype)).view(f"u{stored.itemsize}")
    by_block = [np.bincount(rows.ravel(), minlength=high - low + 1) for rows in _blocks(offsets)]
    return np.arange(low, high + 1).astype(stored.dtype), np.sum(by_block, axis=0), offsets


def _blocks(pixels: np.ndarray) -> list[np.ndarray]:
    """Blocks of rows, because numpy takes eight bytes per number that it counts or looks up."""
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
    """The same as `np.percentile` over all pixels, from distinct values and their counts."""
    order = np.argsort(values)
    ends = np.cumsum(counts[order])
    place = (ends[-1] - 1) * (percent / 100)
    share = place - np.floor(place)
    below, above = np.searchsorted(ends, [np.floor(place), np.ceil(place)], "right")
    first, second = values[order[below]], values[order[above]]
    step = second - first
    return float(second - step * (1 - share) if share >= 0.5 else first + step * share)
