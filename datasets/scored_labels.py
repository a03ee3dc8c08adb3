"""The label table behind scores, read without decoding images, and the split of its images."""

from dataclasses import replace
from pathlib import Path

import numpy as np

import checks
from datasets import loading, patients, splits, tasks
from datasets.files import by_name, find_images
from datasets.images import TRAIN, Caution, Images
from datasets.label_tables import images_of_table
from datasets.options import Reading
from datasets.readers import dicom
from datasets.readers.nih import KNOWN_LISTS
from datasets.studies import IMAGE


def read(place: Path, findings: str, patient_pattern: str = "", task: str = "auto") -> Images:
    """The images of a label table or of a data set's folder, with the split that comes with it.

    Patients, age, sex and view of a folder of DICOMs are read from the headers, as in training.
    """
    checks.one_of("--task", task, tasks.TASKS)
    options = Reading(data=place, images=False, findings=findings)
    if place.is_dir():
        reader = loading.reader_for(place, options)
        images = reader.load(place, options)
        if reader is dicom.Dicom:
            images = dicom.described(images, place)
    else:
        images = images_of_table(place, "table", options)
    images = patients.resolved(tasks.resolved(images, task), patient_pattern)
    folder = place if place.is_dir() else place.parent
    return replace(images, synthetic=(folder / loading.SYNTHETIC).is_file())


def with_files(images: Images, place: Path) -> Images:
    """The images with the files that are in the data set's folder; others keep no path."""
    if not place.is_dir() or images.unit != IMAGE:
        return images
    files = by_name(images.ids, find_images(place))
    paths = np.array([str(files.get(name, "")) for name in images.ids], object)
    return replace(images, paths=paths)


def split_name(images: Images, ids: np.ndarray) -> str:
    """The name of the split whose test images these ids are, else a name with their digest."""
    digest = splits.digest_of(list(ids))
    if digest in KNOWN_LISTS:
        return KNOWN_LISTS[digest]
    if not images.test[images.rows(ids)].all():
        return f"not a known split, {len(ids):,} scored images ({digest[:8]})"
    n_test = int(images.test.sum())
    share = "" if len(ids) == n_test else f", {len(ids):,} of its {n_test:,} test images"
    return f"{images.split_name}{share}"


def notes(images: Images, ids: np.ndarray) -> list[str]:
    """Notes on the labels for readers of the results."""
    all_notes = list(images.notes)
    sets = images.sets[images.rows(ids)]
    n_trained = np.count_nonzero(sets == TRAIN)
    if n_trained:
        all_notes.append(
            Caution(
                f"{n_trained:,} of {len(ids):,} images are training images of the split"
                f" {images.split_name}: a model trained on that split has seen them"
            )
        )
    return all_notes
