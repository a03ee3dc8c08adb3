"""Age, sex and view of images to predict, for bundles that were trained with them."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from datasets.images import META, Images
from datasets.labels import read_meta
from datasets.readers import dicom
from progress import warn

UNKNOWN = {"age": "", "sex": "", "view": ""}


def known(images: Images) -> Images:
    """The images, with metadata of DICOM tags if there is no other; a warning counts the rest."""
    if _unknown(images).all():
        images = replace(
            images, meta=read_meta(pd.DataFrame([_tags(path) for path in images.paths]))
        )
    count = _unknown(images).sum()
    if count:
        warn(
            "the bundle also uses age, sex and view; none of them is known for"
            f" {count:,} of {len(images):,} images"
        )
    return images


def _unknown(images: Images) -> pd.Series:
    return images.meta["age"].isna() & (images.meta["sex"] == "") & (images.meta["view"] == "")


def _tags(path: str) -> dict[str, str]:
    if Path(path).suffix.lower() not in dicom.SUFFIXES:
        return UNKNOWN
    header = dicom.header_of(path)
    return {name: header[name] for name in META} if isinstance(header, dict) else UNKNOWN
