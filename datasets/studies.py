"""Studies: the images of one visit as one row, with the labels of all of them."""

from dataclasses import replace

import numpy as np
import pandas as pd

import checks
from datasets.images import BOX_COLUMNS, META, Images, Split
from errors import InvalidOption, MisalignedRows

# What is evaluated; a study's probability is the mean of its images', or the highest.
IMAGE, STUDY, HIGHEST = UNITS = ("image", "study", "study:max")


def check_unit(unit: str, images: Images) -> None:
    """Refuse an unknown unit, and studies of images without them."""
    checks.one_of("--unit", unit, UNITS)
    if unit != IMAGE and images.studies is None:
        raise InvalidOption(
            f"--unit {unit} needs a data set that names studies; {images.source} (format"
            f" {images.format}) names none. Add a column `study` to its label table, or leave"
            " --unit out."
        )
    if unit != IMAGE and images.classes:
        raise InvalidOption(
            f"--unit {unit} is for findings that may occur together; the labels of {images.source}"
            " are exclusive classes. Leave --unit out, or pass --task multilabel."
        )


def plural(unit: str | None) -> str:
    """What is counted: images, also of older reports without a unit, or studies."""
    return "images" if unit in (None, IMAGE) else "studies"


def of_images(images: Images) -> np.ndarray:
    """The study of each image (n,), the image itself where it is unknown."""
    if images.studies is None:
        return images.ids
    return np.where(images.studies == "", images.ids, images.studies)


def grouped(images: Images, unit: str) -> Images:
    """One row for each study, in the order of their first images.

    A finding is present if an image of the study has it, absent if none has it and one lacks it.
    """
    codes, names = pd.factorize(of_images(images))
    first = np.unique(codes, return_index=True)[1]
    patients = images.patients[first]
    if (patients[codes] != images.patients).any():
        wrong = names[codes][patients[codes] != images.patients][0]
        raise MisalignedRows(
            f"A study must be of one patient; {wrong!r} of {images.source} is of several. Correct"
            " the label table, or leave --unit out."
        )
    labels = _highest(images.labels, codes, len(names))
    return replace(
        images.select(first),
        ids=names,
        paths=np.full(len(names), "", object),
        studies=names,
        labels=labels,
        meta=_meta(images, codes),
        boxes=pd.DataFrame(columns=list(BOX_COLUMNS)),
        corrections=images.corrections[:0],
        split=images.split and Split(images.split.name, images.sets[first]),
        unit=unit,
        notes=(*images.notes, _note(images, labels[codes], len(names), unit)),
    )


def _highest(values: np.ndarray, codes: np.ndarray, count: int) -> np.ndarray:
    """The highest value of each group and column that is not NaN, else NaN."""
    known = np.where(np.isnan(values), -np.inf, values)
    found = np.full((count, values.shape[1]), -np.inf, np.float32)
    np.maximum.at(found, codes, known)
    return np.where(np.isneginf(found), np.float32(np.nan), found)


def _meta(images: Images, codes: np.ndarray) -> pd.DataFrame:
    """Age and sex of each study where an image has them, and its views joined by `+`."""
    known = images.meta.replace("", np.nan).groupby(codes)
    views = images.meta["view"].groupby(codes).agg(lambda views: "+".join(sorted({*views} - {""})))
    ages = known["age"].first().astype(float)
    meta = pd.DataFrame({"age": ages, "sex": known["sex"].first().fillna(""), "view": views})
    others = [name for name in images.meta if name not in META]
    return meta.assign(**{name: known[name].first() for name in others})


def _note(images: Images, shared: np.ndarray, count: int, unit: str) -> str:
    differs = np.where(np.isnan(images.labels), False, images.labels != shared).any(axis=1)
    what = "highest" if unit == HIGHEST else "mean"
    differing = len(set(of_images(images)[differs]))
    unlike = f"; {differing:,} of them have images with different labels" if differing else ""
    return (
        f"unit: study. {len(images):,} images are {count:,} studies, and a study's probability is"
        f" the {what} of its images'. Every count of images is one of studies{unlike}"
    )
