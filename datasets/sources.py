"""The images that a command works on, from a folder, from files or synthetic."""

import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import storage
from datasets import image_files, loading, tasks, vocabulary
from datasets.files import named
from datasets.image_stream import ImageFile, each_image, image_threads
from datasets.images import NOBODY_KNOWN, Images, Skipped, unknown_meta
from datasets.options import Work
from errors import DatasetNotFound, ImageUnreadable, InvalidOption, StorageFailed
from progress import say, stage, track, warn

# The format of images that are passed as single files.
FILES = "files"
SYNTHETIC_IMAGES, SYNTHETIC_SIZE = 600, 256
SYNTHETIC_SEED = 0
# An image with fewer grey levels, of 256, counts as blank.
GREY_LEVELS, WHITE = 4, 255
IMAGES_AHEAD = 64
LOOKS = {
    "black": "{} all black",
    "white": "{} all white",
    "blank": "{} of one grey level",
    "negative": "{} with black bones, as in a negative",
    "overruled": "{} marked MONOCHROME1 but stored with white bones, so not inverted",
}
UNWRITABLE = "{} must be a folder that you can write to; {}. {}."


def images_of(options: Work) -> Images:
    """The images of `--data`, else the synthetic images, which are made if not there yet."""
    if options.data is None:
        if options.label_table:
            raise InvalidOption(
                "--label-table needs the folder with the images that it labels; got no --data. Add"
                " --data FOLDER."
            )
        options = replace(options, data=_synthetic_images(options))
    with stage("reading the label table, looking for images"):
        return loading.load(options)


def images_for(options: Work, labels: Sequence[str]) -> Images:
    """The images of `--data`, with labels named as in a bundle where they are the same findings."""
    images = vocabulary.named_as(tasks.with_all_classes(images_of(options)), labels)
    if not set(images.label_names) & set(labels):
        warn(
            f"the bundle and {images.source} have no label in common. The bundle has"
            f" {', '.join(labels)}; {images.source} has {', '.join(images.label_names) or 'none'}"
        )
    return images


def images_named(paths: Sequence[Path], labels: Sequence[str]) -> Images:
    """The images in these files, of which at least one must exist; missing ones are skipped."""
    if not any(map(os.path.exists, paths)):
        raise DatasetNotFound(
            f"At least one image must exist; there is none of {counted(len(paths), 'file')}, such"
            f" as {paths[0]}. Check the path."
        )
    return images_of_files(paths, labels)


def images_of_files(paths: Sequence[Path], labels: Sequence[str]) -> Images:
    """The images in these files, without labels; if names repeat, paths are the ids."""
    files = np.array(list(dict.fromkeys(str(named(path)) for path in paths)), object)
    names = np.array([Path(file).name for file in files], object)
    ids = names if len(set(names)) == len(names) else files
    return Images(
        source=counted(len(files), "file"),
        format=FILES,
        ids=ids,
        paths=files,
        patients=ids,
        labels=np.full((len(files), len(labels)), np.nan, np.float32),
        label_names=tuple(labels),
        meta=unknown_meta(len(files)),
        patients_from=NOBODY_KNOWN,
    )


def are_synthetic(options: Work) -> bool:
    """Whether a command works on synthetic images."""
    return options.data is None or (options.data / loading.SYNTHETIC).is_file()


def headline(images: Images) -> str:
    """The first line of every command's result."""
    kind = "synthetic image" if images.synthetic else "image"
    return f"{images.source}: {counted(len(images), kind)}"


def counted(number: int, noun: str) -> str:
    """`1 image`, `1,216 images`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def cores(jobs: int) -> int:
    """The number of threads for `--jobs`, where 0 means all cores."""
    return jobs if jobs > 0 else os.cpu_count() or 1


def checked(images: Images, jobs: int) -> Images:
    """The images that can be decoded, the others as skipped, with notes on suspicious ones."""
    with image_threads(cores(jobs)) as pool:
        files = each_image(pool, images.paths, str, _look_of, IMAGES_AHEAD)
        looks = [look for _, look in track(files, "decoding", len(images))]
    unreadable = np.array([isinstance(look, ImageUnreadable) for look in looks], bool)
    skipped = tuple(Skipped(images.ids[row], str(looks[row])) for row in np.flatnonzero(unreadable))
    notes = _notes(pd.Series([str(look) for look in looks], images.ids)[~unreadable])
    return replace(images, notes=(*images.notes, *notes)).select(~unreadable, skipped)


def read_or_blank(path: str) -> np.ndarray:
    """The image in a file, or a black one if it cannot be read."""
    try:
        return image_files.read(path)
    except ImageUnreadable:
        return np.zeros((image_files.MIN_SIDE, image_files.MIN_SIDE), np.uint8)


def write_skipped(images: Images, out: Path) -> None:
    """Write `skipped.csv` with the images left out and why, even if there are none."""
    folder(out)
    table = pd.DataFrame(images.skipped, columns=list(Skipped._fields))
    storage.write_table(out / "skipped.csv", table)


def folder(path: Path) -> Path:
    """The folder, created if needed; raises StorageFailed if it cannot be written."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = storage.reason(error), storage.advice(error)
        raise StorageFailed(UNWRITABLE.format(path, *why)) from error
    if not os.access(path, os.W_OK):
        why = "it is read-only", storage.advice(PermissionError(errno.EACCES, ""))
        raise StorageFailed(UNWRITABLE.format(path, *why))
    return path


def cache_folder(path: Path) -> Path:
    """The cache folder; a read-only one is accepted, because it may hold everything needed."""
    return path if path.is_dir() and os.access(path, os.R_OK | os.X_OK) else folder(path)


def _synthetic_images(options: Work) -> Path:
    # Imported here, because most commands need no synthetic images and SciPy imports slowly.
    from datasets.synthetic import cohort

    key = cohort.fingerprint(images=SYNTHETIC_IMAGES, size=SYNTHETIC_SIZE, seed=SYNTHETIC_SEED)
    place = cache_folder(options.cache) / f"drawn-{key}"
    if not place.is_dir():
        say(f"making {SYNTHETIC_IMAGES} synthetic images in {place}")
        jobs = cores(options.jobs)
        cohort.draw(
            place, images=SYNTHETIC_IMAGES, size=SYNTHETIC_SIZE, seed=SYNTHETIC_SEED, jobs=jobs
        )
    return place


def _look_of(_: str, file: ImageFile) -> str:
    """Which of LOOKS an image has, "" for none."""
    plane, overruled = file.decoded
    low, high = int(plane.min()), int(plane.max())
    if high - low < GREY_LEVELS:
        return "black" if low == 0 else "white" if high == WHITE else "blank"
    return "overruled" if overruled else "negative" if image_files.bone_black(plane) else ""


def _notes(looks: pd.Series) -> Iterator[str]:
    """For each of LOOKS, how many images have it, and which."""
    for look, text in LOOKS.items():
        named = looks.index[looks == look]
        if len(named):
            yield f"{text.format(counted(len(named), 'image'))}: {', '.join(named)}"
