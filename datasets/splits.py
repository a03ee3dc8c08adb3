"""Splits by patient: given, seeded random, k folds; named, checked, saved and loaded."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import storage
from datasets.images import GUESSES, SETS, TEST, TRAIN, VALIDATION, Images, Split
from datasets.patients import too_few, unit
from datasets.tables import MAX_LIST_BYTES, read_lines
from errors import BadSplit, DatasetNotFound, InvalidOption

FRACTIONS = {TRAIN: 0.7, VALIDATION: 0.1, TEST: 0.2}
# Of the films that are not for testing: with NIH's 80 : 20 this gives the usual 70 : 10 : 20.
VALIDATION_SHARE = 1 / 8
SET_NAMES = {"val": VALIDATION, "valid": VALIDATION, "dev": VALIDATION, "training": TRAIN}
NAMED_PATIENTS = 5


def resolve(images: Images, choice: str, seed: int) -> Images:
    """Films under the split asked for: auto, given, random, a folder of lists, or a saved file."""
    if choice == "random" or (choice == "auto" and images.split is None):
        return attach(images, random_split(images, seed))
    if choice == "auto":
        return with_validation(_without_shared(images), seed)
    if choice == "given":
        return with_validation(_given(images), seed)
    # Unlike a path's own question, this one takes any text.
    if os.path.isdir(choice):
        return with_validation(attach(images, from_lists(images.ids, Path(choice))), seed)
    return attach(images, load(Path(choice), images.ids))


def attach(images: Images, split: Split) -> Images:
    """Films under a split that was checked: no shared patient, no empty train or test part."""
    images = replace(images, split=split)
    shared = shared_patients(images)
    if shared:
        raise BadSplit(
            f"Patients must be in one part only; split {split.name!r} shares {len(shared)} of them:"
            f" {_some(shared)}. Mend the lists, or type --split random."
        )
    for name in (TRAIN, TEST):
        if not images.in_set(name).any():
            raise BadSplit(
                too_few(images)
                or f"A split must have images to train and to test on; {split.name!r} has none in"
                f" its {name} set. Check the lists, or type --split random."
            )
    return images


def shared_patients(images: Images) -> list[str]:
    """Patients with films in more than one part."""
    table = pd.DataFrame({"patient": images.patients, "set": images.sets})
    n_sets = table[table["set"] != ""].drop_duplicates().groupby("patient").size()
    return sorted(n_sets.index[n_sets > 1])


def random_split(images: Images, seed: int) -> Split:
    """Train, validation and test by patient, labels balanced as well as patients allow."""
    drawn = _deal(images, np.array([FRACTIONS[name] for name in SETS]), seed)
    name = f"random by {unit(images.patients_from)}, seed {seed}"
    return Split(name, np.array(SETS, object)[drawn])


def folds(images: Images, n_folds: int, seed: int) -> list[Split]:
    """One split per fold: its films test, the next fold's validate, the others train.

    Films that a split has set aside, in no part of it, stay out.
    """
    kept = images.sets != "" if images.split else np.ones(len(images), bool)
    n_patients = len(set(images.patients[kept]))
    if not 3 <= n_folds <= n_patients:
        raise InvalidOption(
            f"--folds must be 0, or from 3 to the number of patients, {n_patients}; got {n_folds}."
        )
    dealt = _deal(images.select(kept), np.full(n_folds, 1 / n_folds), seed)
    splits = []
    for fold in range(n_folds):
        sets = np.full(len(images), "", object)
        sets[kept] = np.where(dealt == (fold + 1) % n_folds, VALIDATION, TRAIN)
        sets[np.flatnonzero(kept)[dealt == fold]] = TEST
        name = f"fold {fold + 1} of {n_folds} by {unit(images.patients_from)}, seed {seed}"
        splits.append(Split(name, sets))
    return splits


def with_validation(images: Images, seed: int) -> Images:
    """Films under their split; one without validation gives an eighth of its training patients."""
    if images.validation.any():
        return images
    shares = np.array([1 - VALIDATION_SHARE, VALIDATION_SHARE])
    dealt = _deal(images.select(images.train), shares, seed)
    sets = images.sets.copy()
    sets[images.train] = np.array([TRAIN, VALIDATION], object)[dealt]
    return attach(images, Split(f"{images.split_name}, validation drawn with seed {seed}", sets))


def from_lists(ids: np.ndarray, folder: Path, known: dict[str, str] | None = None) -> Split:
    """Split from lists of names in folder: train_val_list.txt or train_list.txt, and test_list.txt.

    `known` gives a published split's name by the digest of its test list.
    """
    bare = not any("/" in image for image in ids)
    lists = {path.name: _names(path, bare) for path in sorted(folder.glob("*_list.txt"))}
    test = lists.get("test_list.txt")
    train = lists.get("train_val_list.txt", lists.get("train_list.txt"))
    if test is None or train is None:
        raise DatasetNotFound(
            f"A folder of lists must hold test_list.txt and train_val_list.txt or train_list.txt;"
            f" {folder} has: {', '.join(lists) or 'none'}. Add them, or type --split random."
        )
    validation = [] if "train_val_list.txt" in lists else lists.get("val_list.txt", [])
    both = set(test) & (set(train) | set(validation)) or set(train) & set(validation)
    if both:
        raise BadSplit(
            f"A film must be on one list only; {len(both)} of {folder} are on two: {_some(both)}."
            " Mend the lists, or type --split random."
        )
    set_of = dict.fromkeys(train, TRAIN) | dict.fromkeys(validation, VALIDATION)
    set_of |= dict.fromkeys(test, TEST)
    digest = digest_of(test)
    name = (known or {}).get(digest, f"lists in {folder.resolve().name} ({digest[:8]})")
    return Split(name, np.array([set_of.get(image, "") for image in ids], object))


def from_column(values: pd.Series, name: str) -> Split:
    """Split from a column that says train, val or test."""
    lowered = values.str.lower()
    sets = lowered.replace(SET_NAMES).to_numpy(object)
    unknown = sorted(set(sets) - {*SETS, ""})
    if unknown:
        raise BadSplit(
            f"A split column must say train, val, test or nothing; {name!r} has"
            f" {', '.join(map(repr, unknown[:3]))}. Rename its values, or the column."
        )
    return Split(f"given by {name}", sets)


def save(images: Images, path: Path) -> None:
    """The split as JSON: its name and the ids of each part."""
    sets = {name: images.ids[images.in_set(name)].tolist() for name in SETS}
    path.parent.mkdir(parents=True, exist_ok=True)
    told = {"name": images.split_name, **sets}
    text = json.dumps(told | {"digest": _digest_of_split(told)}, indent=1)
    storage.write_text(path, text)


def load(path: Path, ids: np.ndarray) -> Split:
    """A saved split over these ids; one that names other films raises."""
    try:
        saved = json.loads(storage.read_text(path, MAX_LIST_BYTES))
        named = [(image, each) for each in SETS for image in saved[each]]
        set_of, name = dict(named), str(saved["name"])
        sound = saved.pop("digest", None) in (None, _digest_of_split(saved))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        why = (isinstance(error, OSError) and error.strerror) or type(error).__name__
        raise InvalidOption(
            f"--split must be auto, given, random, a folder of lists or a saved split; {path} is"
            f" none of them ({why}). See `data --save-split`."
        ) from error
    if not sound or len(set_of) < len(named):
        raise BadSplit(
            f"A saved split must be as it was saved, each film in one part; {path} has changed."
            " Save it again with `data --save-split`; one made by hand needs no digest."
        )
    unknown = set(set_of) - set(ids)
    if unknown:
        raise BadSplit(
            f"A saved split must name films of this data set; {len(unknown):,} of {len(set_of):,}"
            f" in {path} are not: {_some(unknown)}. Use the split saved from this data."
        )
    return Split(name, np.array([set_of.get(image, "") for image in ids], object))


def digest_of(names: list[str]) -> str:
    """Short hex digest of a list of names, whatever their order."""
    return storage.sha256_of("\n".join(sorted(names)).encode())[:16]


def _digest_of_split(told: dict[str, Any]) -> str:
    return storage.sha256_of(json.dumps(told).encode())[:16]


def _names(path: Path, bare: bool) -> list[str]:
    """Films on a list, without their folders where ids are bare names."""
    # The random lists of CheXNet reproductions carry labels behind the name.
    names = [line.split()[0] for line in read_lines(path)]
    return [name.rsplit("/", 1)[-1] for name in names] if bare else names


def _given(images: Images) -> Images:
    if images.split is None:
        raise BadSplit(
            f"--split given needs a data set that comes with one; {images.source} has no lists and"
            " no split column. Type --split random."
        )
    return attach(images, images.split)


def _without_shared(images: Images) -> Images:
    """Where patients are only guessed from file names, those shared are kept for testing alone."""
    shared = shared_patients(images)
    if not shared or not images.patients_from.startswith(GUESSES):
        return _given(images)
    aside = np.isin(images.patients, shared) & ~images.test
    sets = images.sets.copy()
    sets[aside] = ""
    note = (
        f"{len(shared)} patients (by {images.patients_from}) are in more than one part; their"
        f" {aside.sum()} films outside the test part are set aside (--split given names some)"
    )
    images = replace(images, notes=(*images.notes, note))
    return attach(images, Split(f"{images.split_name}, without shared patients", sets))


def _deal(images: Images, shares: np.ndarray, seed: int) -> np.ndarray:
    """A part number for each film, (n,): patients dealt to the part that most lacks their labels.

    Iterative stratification over patients: those with the rarest labels go first, since
    commoner ones can still be balanced afterwards.
    """
    patients, owner = np.unique(images.patients, return_inverse=True)
    columns = np.column_stack([np.nan_to_num(images.labels), np.ones(len(images))])
    held = np.zeros((len(patients), columns.shape[1]))
    np.add.at(held, owner, columns)
    weights = 1 / np.maximum(held.sum(axis=0), 1)
    shuffled = np.random.default_rng(seed).permutation(len(patients))
    rarity = np.where(held[shuffled] > 0, weights, 0).max(axis=1)
    lacking = np.outer(shares, held.sum(axis=0))
    part = np.empty(len(patients), int)
    for patient in shuffled[np.argsort(-rarity, kind="stable")]:
        need = lacking / shares[:, None] * weights
        part[patient] = np.argmax(need @ (held[patient] * weights))
        lacking[part[patient]] -= held[patient]
    return part[owner]


def _some(names: list[str] | set[str]) -> str:
    shown = sorted(names)[:NAMED_PATIENTS]
    return ", ".join(shown) + (", …" if len(names) > len(shown) else "")
