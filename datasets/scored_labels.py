"""What a label table says, read without decoding any image; and which split judged films are."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from datasets import loading, patients, splits
from datasets.images import TRAIN, Images
from datasets.label_tables import images_of_table
from datasets.options import Reading
from datasets.readers import dicom
from datasets.readers.nih import KNOWN_LISTS


def read(place: Path, findings: str, patient_pattern: str = "") -> Images:
    """Films of a label table of any layout, or of a data set's folder; their split as it comes.

    Patients, age, sex and view of a folder of DICOMs are read from the headers, as in training.
    """
    options = Reading(data=place, images=False, findings=findings)
    if place.is_dir():
        reader = loading.reader_for(place, options)
        images = reader.load(place, options)
        if reader is dicom.Dicom:
            images = dicom.described(images, place)
    else:
        images = images_of_table(place, "table", options)
    images = patients.resolved(images, patient_pattern)
    folder = place if place.is_dir() else place.parent
    return replace(images, synthetic=(folder / loading.SYNTHETIC).is_file())


def split_name(images: Images, ids: np.ndarray) -> str:
    """Name of the split whose test films these ids are; if of none, one made of their digest."""
    digest = splits.digest_of(list(ids))
    if digest in KNOWN_LISTS:
        return KNOWN_LISTS[digest]
    if not images.test[images.rows(ids)].all():
        return f"not a known one, {len(ids):,} films as scored ({digest[:8]})"
    n_test = int(images.test.sum())
    share = "" if len(ids) == n_test else f", {len(ids):,} of its {n_test:,} test films"
    return f"{images.split_name}{share}"


def notes(images: Images, ids: np.ndarray) -> list[str]:
    """What a reader of the verdict must know about its labels."""
    told = list(images.notes)
    sets = images.sets[images.rows(ids)]
    n_trained = np.count_nonzero(sets == TRAIN)
    if n_trained:
        told.append(
            f"{n_trained:,} of {len(ids):,} images are for training in the split"
            f" {images.split_name}: a model trained under it has seen them"
        )
    return told
