"""Synthetic images as a folder in the layout of NIH ChestX-ray14."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

import checks
import storage
from datasets.loading import SYNTHETIC
from datasets.readers.nih import BOX_FRAME, BOX_NAMES
from datasets.synthetic.canvas import png
from datasets.synthetic.radiograph import shoot
from datasets.synthetic.synthetic_findings import FINDINGS, Box
from datasets.synthetic.synthetic_patients import Visit, visits
from errors import InvalidOption, StorageFailed
from progress import track

# Raised whenever the same seed gives other images.
VERSION = 1
NIH_NAMES = {ours: theirs for theirs, ours in BOX_NAMES.items()}
ENTRY_HEADER = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y]"
)
TEST_SHARE = 0.25
BOX_HEADER = "Image Index,Finding Label,Bbox [x,y,w,h],,,"


def draw(
    folder: Path, *, images: int = 600, size: int = 256, seed: int = 0, jobs: int = -1
) -> Path:
    """The folder with synthetic images; an existing folder with the same images is kept."""
    _check(images, size, seed, jobs)
    label = _label(images, size, seed)
    if _is_there(folder, label):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as workshop:
            draft = Path(workshop) / "films"
            _write(draft, visits(images, seed), size, seed, jobs)
            (draft / SYNTHETIC).write_text(label)
            # Another process may have been faster, with the same images.
            return folder if _is_there(folder, label) else draft.rename(folder)
    except OSError as error:
        raise StorageFailed(storage.why(folder, error)) from error


def fingerprint(images: int, size: int, seed: int) -> str:
    """A short name for the images of `draw` with these arguments."""
    return storage.sha256_of(_label(images, size, seed).encode())[:12]


def _label(images: int, size: int, seed: int) -> str:
    # The name of the folder depends on this text, so its wording stays.
    return (
        "These films are synthetic: a program drew them, and they show no patient."
        f"\ngenerator version {VERSION}, seed {seed}, {images} films of {size} x {size} pixels\n"
    )


def _check(images: int, size: int, seed: int, jobs: int) -> None:
    if jobs == 0:
        raise InvalidOption("jobs must be a number of workers, or -1 for all cores; got 0. Use 1.")
    for name, value, least in (("images", images, 1), ("size", size, 32), ("seed", seed, 0)):
        checks.at_least(name, value, least)


def _is_there(folder: Path, label: str) -> bool:
    note = folder / SYNTHETIC
    if note.is_file() and storage.read_bytes(note) == label.encode():
        return True
    if folder.exists():
        raise InvalidOption(
            f"Synthetic images need a new folder; {folder} exists with other content. Name another"
            " folder."
        )
    return False


def _write(draft: Path, table: list[Visit], size: int, seed: int, jobs: int) -> None:
    (draft / "images").mkdir(parents=True)
    # Threads suffice, because OpenCV and numpy release Python's lock.
    work = Parallel(n_jobs=jobs, prefer="threads", return_as="generator")
    drawn = work(delayed(_draw_one)(visit, size, seed) for visit in table)
    boxes = []
    watched = track(drawn, "making synthetic images", len(table))
    for visit, (content, visible) in zip(table, watched, strict=True):
        (draft / "images" / visit.name).write_bytes(content)
        boxes.append(visible)
    _lines(draft / "Data_Entry_2017_v2020.csv", [ENTRY_HEADER, *map(_entry, table)])
    _lines(draft / "BBox_List_2017.csv", [BOX_HEADER, *_box_rows(table, boxes)])
    tested = held_out_patients(table, seed)
    _lines(draft / "train_val_list.txt", [v.name for v in table if v.patient not in tested])
    _lines(draft / "test_list.txt", [v.name for v in table if v.patient in tested])


def _draw_one(visit: Visit, size: int, seed: int) -> tuple[bytes, dict[str, Box]]:
    image = shoot(visit, size, seed)
    return png(image.grey), image.boxes


def _entry(visit: Visit) -> str:
    findings = "|".join(sorted(visit.findings)) or "No Finding"
    sex, view = "F" if visit.woman else "M", "AP" if visit.portable else "PA"
    original = "3056,2544,0.139,0.139" if visit.portable else "2992,2991,0.143,0.143"
    who = f"{visit.follow_up},{visit.patient},{visit.age},{sex},{view}"
    return f"{visit.name},{findings},{who},{original}"


def _box_rows(table: list[Visit], boxes: list[dict[str, Box]]) -> Iterable[str]:
    for visit, visible in zip(table, boxes, strict=True):
        for name, box in visible.items():
            sides = ",".join(f"{BOX_FRAME * side:.6f}" for side in box)
            yield f"{visit.name},{NIH_NAMES.get(name, name)},{sides}"


def held_out_patients(table: list[Visit], seed: int) -> set[int]:
    """The patients whose images are for testing."""
    has = np.array([[1.0, *(name in visit.findings for name in FINDINGS)] for visit in table])
    patients, owner = np.unique([visit.patient for visit in table], return_inverse=True)
    counts = np.zeros((len(patients), has.shape[1]))
    np.add.at(counts, owner, has / np.maximum(has.sum(axis=0), 1))
    order = np.random.default_rng([seed, 3]).permutation(len(patients))
    return set(patients[_quarter(counts, order)].tolist())


def _quarter(counts: NDArray[np.float64], order: NDArray[np.int64]) -> list[int]:
    """Rows whose sum is near a quarter of the total in every column, chosen greedily."""
    taken: list[int] = []
    seen, sum_taken = np.zeros((2, counts.shape[1]))
    # Large rows first, so that small ones can balance them.
    for row in sorted(order, key=lambda row: -counts[row].sum()):
        seen = seen + counts[row]
        if np.linalg.norm(sum_taken + counts[row] - TEST_SHARE * seen) < np.linalg.norm(
            sum_taken - TEST_SHARE * seen
        ):
            sum_taken = sum_taken + counts[row]
            taken.append(row)
    return taken


def _lines(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines))
