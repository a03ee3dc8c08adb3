"""Readers of tables, lists, splits and words that people type."""

import gzip
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import hypothesis.strategies as st
import numpy as np

import features.extractors
import models.classifiers
import registry
from datasets import loading, scored_labels, splits, vocabulary
from datasets.options import Reading, Work
from datasets.tables import read_table
from features.settings import with_settings
from inference.images_to_predict import named_images
from pipelines import score
from reports import score_files
from tests import fakes
from tests.faults.fuzzing import Reader
from tests.faults.inputs import CELLS, changed, tables

SCORES = b"id,Effusion,Mass\na.png,0.5,0.25\nb.png,1,0\nc.png,0.125,1e-3\n"
LONG = (
    b"id,label,probability\na.png,Effusion,0.5\na.png,Mass,0.25\nb.png,Effusion,1\nb.png,Mass,0\n"
)
NAMES = ("Effusion", "Mass")
TABLES = {
    "nih": "Data_Entry_2017_v2020.csv",
    "chexpert": "train.csv",
    "ground_truth": "Ground_Truth.csv",
    "dicom": "labels.csv",
    "vindr": "annotations/image_labels_train.csv",
    "rsna": "stage_2_train_labels.csv",
    "siim": "train-rle.csv",
}
# Networks take seconds to load, and have the same kinds of parameters.
PLUGINS = [("extractors", name) for name in ("orb_words", "sift_words", "dense_sift_fisher")] + [
    ("classifiers", name) for name in ("logistic", "xgboost")
]
WORDS = st.one_of(
    st.sampled_from(["1", "0", "-1", "1e999", "nan", "True", "(1,2)", "[", "((", "9" * 5000, "''"]),
    st.sampled_from(
        ["-" * 9000 + "1", "(" * 300, "[" * 300, "1_0", "None", "{}", "1j", "\0", "a,b"]
    ),
    st.text(max_size=8),
)


def label_table(layout: str, place: Path) -> Reader:
    """A data set whose label table is hostile."""
    root = fakes.LAYOUTS[layout](place)
    table = root / TABLES[layout]
    options = Reading(data=root, format=layout, images=False, split="random")

    def read(data: bytes) -> None:
        table.write_bytes(data)
        images = loading.load(options)
        assert len(images) == len(set(images.ids)) == len(images.labels)

    return Reader(tables(table.read_bytes()), read)


def file(name: str, read: Callable[[Path], object], *valid: bytes) -> Callable[[Path], Reader]:
    """Makes a reader of one file, whose name has the right ending."""

    def made(place: Path) -> Reader:
        place.mkdir(parents=True)

        def read_bytes(data: bytes) -> None:
            (place / name).write_bytes(data)
            read(place / name)

        return Reader(tables(*valid), read_bytes)

    return made


def other_table(layout: str, name: str, place: Path) -> Reader:
    """A data set whose second table is hostile."""
    root = fakes.LAYOUTS[layout](place)

    def read(data: bytes) -> None:
        (root / name).write_bytes(data)
        loading.load(Reading(data=root, format=layout, images=False, split="random"))

    return Reader(tables((root / name).read_bytes()), read)


def workbook(place: Path) -> Reader:
    """An Excel workbook, changed."""
    place.mkdir(parents=True)
    rows = [line.split(",") for line in fakes.GROUND_TRUTH.splitlines()]
    fakes.write_workbook(place / "labels.xlsx", rows)

    def read(data: bytes) -> None:
        (place / "labels.xlsx").write_bytes(data)
        read_table(place / "labels.xlsx")

    return Reader(changed((place / "labels.xlsx").read_bytes()), read)


def packed_images(place: Path) -> Reader:
    """A file of MedMNIST, changed."""
    root = fakes.chestmnist(place)
    options = Work(data=root, format="chestmnist", cache=place / "cache")

    def read(data: bytes) -> None:
        (root / "chestmnist.npz").write_bytes(data)
        loading.load(options)

    return Reader(changed((root / "chestmnist.npz").read_bytes()), read)


def expert_table(place: Path) -> Reader:
    """What `--relabels` is given."""
    root = fakes.nih(place / "films")
    table = place / "experts.csv"
    header = b"Image Index,Fracture,Pneumothorax,Airspace opacity,Nodule or mass\n"

    def read(data: bytes) -> None:
        table.write_bytes(data)
        loading.load(Reading(data=root, images=False, relabels=table))

    return Reader(tables(header + b"00000003_000.png,NO,YES,NO,YES\n"), read)


def saved_split(place: Path) -> Reader:
    """A split that `--save-split` wrote, changed."""
    place.mkdir(parents=True)
    images = fakes.images(np.arange(24).reshape(12, 2) % 2)
    splits.save(splits.resolve(images, "random", 0), place / "split.json")
    saved = (place / "split.json").read_bytes()
    by_hand = json.dumps(json.loads(saved) | {"digest": None}).encode()

    def read(data: bytes) -> None:
        (place / "split.json").write_bytes(data)
        splits.resolve(images, str(place / "split.json"), 0)

    return Reader(changed(saved, by_hand), read)


def settings(place: Path) -> Reader:
    """What `--set` is given."""
    rooms = {"extractors": features.extractors, "classifiers": models.classifiers}
    kinds = {name: registry.load(rooms[room], name) for room, name in PLUGINS}
    targets = [f"{name}.{key}" for name, kind in kinds.items() for key in kind().get_params()]

    def read(words: list[tuple[str, str]]) -> None:
        text = " ".join(f"{target}={value}" for target, value in words)
        for name, kind in kinds.items():
            with_settings(kind(), name, text)

    return Reader(
        st.lists(st.tuples(st.sampled_from(targets), WORDS), min_size=1, max_size=3), read
    )


def words(place: Path) -> Reader:
    """What other flags are given that are more than a number or a path."""
    root = fakes.folders(place)
    flags = ["uncertain", "blank", "findings", "views", "patient_pattern", "split", "format"]

    def read(given: dict[str, str]) -> None:
        loading.load(Reading(data=root, **given))

    return Reader(st.dictionaries(st.sampled_from(flags), CELLS, min_size=1, max_size=3), read)


def named_files(place: Path) -> Reader:
    """What `--scores` is given."""
    return Reader(st.lists(st.one_of(CELLS, st.just("a=b.csv")), max_size=3), score.files_of)


def _read_lists(path: Path) -> None:
    (path.parent / "train_list.txt").write_text("c\nd\n")
    splits.from_lists(np.array(["a", "b", "c", "d"], object), path.parent)


def _read_scores(path: Path) -> None:
    found = score_files.read("model", path, NAMES, others=True)
    assert np.isfinite(found.probabilities).all()


READERS = {f"label table, {layout}": partial(label_table, layout) for layout in TABLES} | {
    "label table of score": file(
        "labels.csv", lambda path: scored_labels.read(path, ""), fakes.GROUND_TRUTH.encode()
    ),
    "boxes of VinDr": partial(other_table, "vindr", "annotations/annotations_train.csv"),
    "classes of RSNA": partial(other_table, "rsna", "stage_2_detailed_class_info.csv"),
    "workbook": workbook,
    "images of MedMNIST": packed_images,
    "labels of experts": expert_table,
    "vocabulary": file("map.csv", vocabulary.read, b"name,finding,approximate\nMass,Lesion,yes\n"),
    "table of scores": file("scores.csv", _read_scores, SCORES, LONG),
    "table of scores, gzipped": file("scores.csv.gz", _read_scores, gzip.compress(SCORES)),
    "list of films": file("films.csv", named_images, b"path\na.png\nb.png\n"),
    "lines of films": file("films.txt", named_images, b"a.png\nb.png\n"),
    "lists of a split": file("test_list.txt", _read_lists, b"a\nb 1\n"),
    "saved split": saved_split,
    "--set": settings,
    "--uncertain, --views and others": words,
    "--scores": named_files,
}
