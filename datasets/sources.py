"""The films a command works on: the folder named, or the drawn ones; and what can't be read."""

import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import storage
from datasets import image_files, label_names, loading
from datasets.files import named
from datasets.image_stream import ImageFile, each_image, image_threads
from datasets.images import NOBODY_KNOWN, Images, Skipped, unknown_meta
from datasets.options import Work
from errors import DatasetNotFound, ImageUnreadable, InvalidOption, StorageFailed
from progress import say, track, warn

# The format of films that were named one by one.
FILES = "files"
DRAWN_IMAGES, DRAWN_SIZE = 600, 256
DRAWN_SEED = 0
# An image of fewer grey levels than these, of 256, shows nothing.
GREY_LEVELS, WHITE = 4, 255
IMAGES_AHEAD = 64
LOOKS = {
    "black": "{} all black",
    "white": "{} all white",
    "blank": "{} of one grey level",
    "negative": "bone is black in {}, as in negatives",
    "overruled": "{} marked MONOCHROME1 but stored bone white already, not inverted",
}
UNWRITABLE = "{} must be a folder that can be written; {}. {}."


def images_of(options: Work) -> Images:
    """The films of `--data`; without it the drawn ones, drawn now if they are not there yet."""
    if options.data is None:
        if options.label_table:
            raise InvalidOption(
                "--label-table needs the folder of the images that it labels; got none. Add"
                " --data FOLDER."
            )
        options = replace(options, data=_drawn_images(options))
    return loading.load(options)


def images_for(options: Work, labels: Sequence[str]) -> Images:
    """The films of `--data` for a bundle, their labels spelled as the bundle's where they fit."""
    images = label_names.named_as(images_of(options), labels)
    if not set(images.label_names) & set(labels):
        warn(
            f"the bundle and {images.source} have no label in common. The bundle has"
            f" {', '.join(labels)}; {images.source} has {', '.join(images.label_names) or 'none'}"
        )
    return images


def images_named(paths: Sequence[Path], labels: Sequence[str]) -> Images:
    """Films of files, of which at least one is there; the others are skipped when read."""
    if not any(map(os.path.exists, paths)):
        raise DatasetNotFound(
            f"Films that are named must be there; of {counted(len(paths), 'file')} none is, the"
            f" first {paths[0]}. Check the path."
        )
    return images_of_files(paths, labels)


def images_of_files(paths: Sequence[Path], labels: Sequence[str]) -> Images:
    """Films of which nothing is known but their files; two of one name are told by their paths."""
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


def are_drawn(options: Work) -> bool:
    """Whether a command works on films that this program drew."""
    return options.data is None or (options.data / loading.SYNTHETIC).is_file()


def headline(images: Images) -> str:
    """The first line of every command's result."""
    kind = "synthetic film" if images.synthetic else "film"
    drawn = ", drawn by this program" if images.synthetic else ""
    return f"{images.source}: {counted(len(images), kind)}{drawn}"


def counted(number: int, noun: str) -> str:
    """`1 film`, `1,216 films`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def cores(jobs: int) -> int:
    """Number of workers for `--jobs`, 0 meaning all cores."""
    return jobs if jobs > 0 else os.cpu_count() or 1


def checked(images: Images, jobs: int) -> Images:
    """Images that decode; the others listed as skipped, and notes on those that look wrong."""
    with image_threads(cores(jobs)) as pool:
        files = each_image(pool, images.paths, str, _look_of, IMAGES_AHEAD)
        looks = [look for _, look in track(files, "decoding", len(images))]
    unreadable = np.array([isinstance(look, ImageUnreadable) for look in looks], bool)
    skipped = tuple(Skipped(images.ids[row], str(looks[row])) for row in np.flatnonzero(unreadable))
    notes = _notes(pd.Series([str(look) for look in looks], images.ids)[~unreadable])
    return replace(images, notes=(*images.notes, *notes)).select(~unreadable, skipped)


def read_or_blank(path: str) -> np.ndarray:
    """A film to look at; one that cannot be read is black."""
    try:
        return image_files.read(path)
    except ImageUnreadable:
        return np.zeros((image_files.MIN_SIDE, image_files.MIN_SIDE), np.uint8)


def write_skipped(images: Images, out: Path) -> None:
    """`skipped.csv`: films left out, and why; an empty one removes what an earlier run wrote."""
    folder(out)
    table = pd.DataFrame(images.skipped, columns=list(Skipped._fields))
    storage.write_table(out / "skipped.csv", table)


def folder(path: Path) -> Path:
    """The folder, made if need be; one that cannot be made or written raises."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        told = storage.reason(error), storage.advice(error)
        raise StorageFailed(UNWRITABLE.format(path, *told)) from error
    if not os.access(path, os.W_OK):
        told = "it may only be read", storage.advice(PermissionError(errno.EACCES, ""))
        raise StorageFailed(UNWRITABLE.format(path, *told))
    return path


def cache_folder(path: Path) -> Path:
    """The cache; one that is there need not be written, since it may hold all that is asked for."""
    return path if path.is_dir() and os.access(path, os.R_OK | os.X_OK) else folder(path)


def _drawn_images(options: Work) -> Path:
    # Imported here, since most commands draw nothing and SciPy takes a while.
    from datasets.synthetic import cohort

    key = cohort.fingerprint(images=DRAWN_IMAGES, size=DRAWN_SIZE, seed=DRAWN_SEED)
    place = cache_folder(options.cache) / f"drawn-{key}"
    if not place.is_dir():
        say(f"drawing {DRAWN_IMAGES} synthetic films into {place}")
        jobs = cores(options.jobs)
        cohort.draw(place, images=DRAWN_IMAGES, size=DRAWN_SIZE, seed=DRAWN_SEED, jobs=jobs)
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
