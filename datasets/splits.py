"""Splits by patient: given, random or k folds; each has a name and can be saved and loaded."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import storage
from datasets.images import GUESSES, SETS, TEST, TRAIN, VALIDATION, Caution, Images, Split
from datasets.patients import too_few, unit
from datasets.tables import MAX_LIST_BYTES, read_lines
from errors import BadSplit, DatasetNotFound, InvalidOption

FRACTIONS = {TRAIN: 0.7, VALIDATION: 0.1, TEST: 0.2}
# Share of the training patients; with NIH's 80 : 20 it gives the usual 70 : 10 : 20.
VALIDATION_SHARE = 1 / 8
SET_NAMES = dict.fromkeys(("val", "valid", "validate", "dev"), VALIDATION) | {"training": TRAIN}
NAMED_PATIENTS = 5


def resolve(images: Images, choice: str, seed: int) -> Images:
    """The images with the split asked for: auto, given, random, a folder of lists, a saved file."""
    if choice == "random" or (choice == "auto" and images.split is None):
        return attach(images, random_split(images, seed))
    if choice == "auto":
        return with_validation(_without_shared(images), seed)
    if choice == "given":
        return with_validation(_given(images), seed)
    # Unlike Path.is_dir, os.path.isdir accepts any text.
    if os.path.isdir(choice):
        return with_validation(attach(images, from_lists(images.ids, Path(choice))), seed)
    return attach(images, load(Path(choice), images.ids))


def attach(images: Images, split: Split) -> Images:
    """The images with a split that shares no patients and has training and test images."""
    images = replace(images, split=split)
    shared = shared_patients(images)
    if shared:
        raise BadSplit(
            f"Each patient must be in one set; split {split.name!r} shares {len(shared)} of them"
            f" between sets: {_some(shared)}. Correct the lists, or pass --split random."
        )
    for name in (TRAIN, TEST):
        if not images.in_set(name).any():
            raise BadSplit(
                too_few(images)
                or f"A split needs training and test images; {split.name!r} has none in its {name}"
                " set. Check the lists, or pass --split random."
            )
    return images


def shared_patients(images: Images) -> list[str]:
    """Patients with images in more than one set."""
    table = pd.DataFrame({"patient": images.patients, "set": images.sets})
    n_sets = table[table["set"] != ""].drop_duplicates().groupby("patient").size()
    return sorted(n_sets.index[n_sets > 1])


def random_split(images: Images, seed: int) -> Split:
    """A random split by patient in which labels are balanced as well as patients allow."""
    dealt = deal(images, np.array([FRACTIONS[name] for name in SETS]), seed)
    name = f"random by {unit(images.patients_from)}, seed {seed}"
    return Split(name, np.array(SETS, object)[dealt])


def folds(images: Images, n_folds: int, seed: int) -> list[Split]:
    """One split per fold: it is the test set, the next fold the validation set, the rest train.

    Images that the present split leaves out stay out.
    """
    kept = images.sets != "" if images.split else np.ones(len(images), bool)
    n_patients = len(set(images.patients[kept]))
    if not 3 <= n_folds <= n_patients:
        raise InvalidOption(
            f"--folds must be 0, or from 3 to {n_patients}, the number of patients; got {n_folds}."
        )
    dealt = deal(images.select(kept), np.full(n_folds, 1 / n_folds), seed)
    splits = []
    for fold in range(n_folds):
        sets = np.full(len(images), "", object)
        sets[kept] = np.where(dealt == (fold + 1) % n_folds, VALIDATION, TRAIN)
        sets[np.flatnonzero(kept)[dealt == fold]] = TEST
        name = f"fold {fold + 1} of {n_folds} by {unit(images.patients_from)}, seed {seed}"
        splits.append(Split(name, sets))
    return splits


def with_validation(images: Images, seed: int) -> Images:
    """The images with a validation set; if there is none, an eighth of the training patients."""
    if images.validation.any():
        return images
    shares = np.array([1 - VALIDATION_SHARE, VALIDATION_SHARE])
    dealt = deal(images.select(images.train), shares, seed)
    sets = images.sets.copy()
    sets[images.train] = np.array([TRAIN, VALIDATION], object)[dealt]
    return attach(images, Split(f"{images.split_name}, validation drawn with seed {seed}", sets))


def from_lists(ids: np.ndarray, folder: Path, known: dict[str, str] | None = None) -> Split:
    """The split in test_list.txt and train_val_list.txt or train_list.txt of a folder.

    `known` maps the digest of a test list to the name of a published split.
    """
    bare = not any("/" in image for image in ids)
    lists = {path.name: _names(path, bare) for path in sorted(folder.glob("*_list.txt"))}
    test = lists.get("test_list.txt")
    train = lists.get("train_val_list.txt", lists.get("train_list.txt"))
    if test is None or train is None:
        raise DatasetNotFound(
            f"A folder of lists must hold test_list.txt and train_val_list.txt or train_list.txt;"
            f" {folder} has: {', '.join(lists) or 'none'}. Add them, or pass --split random."
        )
    validation = [] if "train_val_list.txt" in lists else lists.get("val_list.txt", [])
    both = set(test) & (set(train) | set(validation)) or set(train) & set(validation)
    if both:
        raise BadSplit(
            f"Each image must be on one list; {len(both)} in {folder} are on two: {_some(both)}."
            " Correct the lists, or pass --split random."
        )
    set_of = dict.fromkeys(train, TRAIN) | dict.fromkeys(validation, VALIDATION)
    set_of |= dict.fromkeys(test, TEST)
    digest = digest_of(test)
    name = (known or {}).get(digest, f"lists in {folder.resolve().name} ({digest[:8]})")
    return Split(name, np.array([set_of.get(image, "") for image in ids], object))


def from_column(values: pd.Series, name: str) -> Split:
    """The split in a column of train, val and test."""
    lowered = values.str.lower()
    sets = lowered.replace(SET_NAMES).to_numpy(object)
    unknown = sorted(set(sets) - {*SETS, ""})
    if unknown:
        raise BadSplit(
            f"A split column must contain train, val, test or nothing; {name!r} has"
            f" {', '.join(map(repr, unknown[:3]))}. Change these values, or rename the column."
        )
    return Split(f"given by {name}", sets)


def save(images: Images, path: Path) -> None:
    """Save the split as JSON: its name and the ids of each set."""
    sets = {name: images.ids[images.in_set(name)].tolist() for name in SETS}
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"name": images.split_name, **sets}
    text = json.dumps(content | {"digest": _digest_of_split(content)}, indent=1)
    storage.write_text(path, text)


def load(path: Path, ids: np.ndarray) -> Split:
    """A saved split of these ids; raises BadSplit if it names other images."""
    try:
        saved = json.loads(storage.read_text(path, MAX_LIST_BYTES))
        named = [(image, each) for each in SETS for image in saved[each]]
        set_of, name = dict(named), str(saved["name"])
        sound = saved.pop("digest", None) in (None, _digest_of_split(saved))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = (isinstance(error, OSError) and error.strerror) or type(error).__name__
        raise InvalidOption(
            f"--split must be auto, given, random, a folder of lists or a saved split; {path} is"
            f" none of them ({why}). Save a split with `data --save-split FILE`."
        ) from error
    if not sound or len(set_of) < len(named):
        raise BadSplit(
            f"A saved split must be unchanged and have each image in one set; {path} is not. Save"
            " it again with `data --save-split FILE`, or remove the digest of a split made by hand."
        )
    unknown = set(set_of) - set(ids)
    if unknown:
        raise BadSplit(
            f"A saved split must name images of this data set; {len(unknown):,} of {len(set_of):,}"
            f" in {path} are not in it: {_some(unknown)}. Use a split saved from this data set."
        )
    return Split(name, np.array([set_of.get(image, "") for image in ids], object))


def digest_of(names: list[str]) -> str:
    """Short hex digest of a list of names, whatever their order."""
    return storage.sha256_of("\n".join(sorted(names)).encode())[:16]


def _digest_of_split(content: dict[str, Any]) -> str:
    return storage.sha256_of(json.dumps(content).encode())[:16]


def _names(path: Path, bare: bool) -> list[str]:
    """The names on a list, without folders if ids have none."""
    # The random lists of CheXNet reproductions have labels after the name.
    names = [line.split()[0] for line in read_lines(path)]
    return [name.rsplit("/", 1)[-1] for name in names] if bare else names


def _given(images: Images) -> Images:
    if images.split is None:
        raise BadSplit(
            f"--split given needs a data set with a split; {images.source} has neither lists nor a"
            " split column. Pass --split random."
        )
    return attach(images, images.split)


def _without_shared(images: Images) -> Images:
    """The given split; if patients are only guesses, shared ones stay in the test set alone."""
    shared = shared_patients(images)
    if not shared or not images.patients_from.startswith(GUESSES):
        return _given(images)
    aside = np.isin(images.patients, shared) & ~images.test
    sets = images.sets.copy()
    sets[aside] = ""
    note = Caution(
        f"{len(shared)} patients (by {images.patients_from}) are in more than one set; their"
        f" {aside.sum()} images outside the test set were left out (--split given lists some of"
        " them)"
    )
    images = replace(images, notes=(*images.notes, note))
    return attach(images, Split(f"{images.split_name}, without shared patients", sets))


def deal(images: Images, shares: np.ndarray, seed: int) -> np.ndarray:
    """A set number for each image (n,): each patient goes to the set that most lacks their labels.

    This is iterative stratification over patients: those with the rarest labels go first, because
    common labels can still be balanced afterwards.
    """
    patients, owner = np.unique(images.patients, return_inverse=True)
    # Corrected labels must not move a patient to another set.
    labels = np.nan_to_num(images.uncorrected.class_labels)
    columns = np.column_stack([labels, np.ones(len(images))])
    held = np.zeros((len(patients), columns.shape[1]))
    np.add.at(held, owner, columns)
    weights = 1 / np.maximum(held.sum(axis=0), 1)
    shuffled = np.random.default_rng(seed).permutation(len(patients))
    rarity = np.where(held[shuffled] > 0, weights, 0).max(axis=1)
    lacking = np.outer(shares, held.sum(axis=0))
    dealt = np.empty(len(patients), int)
    for patient in shuffled[np.argsort(-rarity, kind="stable")]:
        need = lacking / shares[:, None] * weights
        dealt[patient] = np.argmax(need @ (held[patient] * weights))
        lacking[dealt[patient]] -= held[patient]
    return dealt[owner]


def _some(names: list[str] | set[str]) -> str:
    shown = sorted(names)[:NAMED_PATIENTS]
    return ", ".join(shown) + (", …" if len(names) > len(shown) else "")
