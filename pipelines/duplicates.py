"""Near-duplicate images: find them, and remove their leakage from a split."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import storage
from datasets import image_files, splits
from datasets.images import SETS, Images, Split
from errors import InvalidOption
from features import extracted as service
from features.branch import Branch
from features.extracted import Extracted
from features.image_hash import ImageHash
from features.near_copies import near_copies
from features.recipe import recipe_of
from features.store import FeatureStore
from pipelines.command_options import Data
from reports.plots import contact_sheet
from reports.plots.contact_sheet import Tile
from reports.plots.plotting import save

HASH = "film_hash"
TABLE, SHEET = "duplicates.csv", "duplicates.png"
COLUMNS = ("first", "second", "distance", "first_part", "second_part", "across_parts")
ALIKE = ("same_patient", "same_labels")
NAMED = 5
# Pictured, two in a row of the sheet.
PICTURED = 12
LEGEND = "Pairs in different sets of the split come first, then the nearest."


def find(images: Images, options: Data) -> tuple[Images, pd.DataFrame]:
    """The images that can be read, and a row for each near-duplicate pair, the nearest first.

    If their split is to be saved, those that leak are set aside.
    """
    extracted = _hashed(images, options)
    pairs, distances = near_copies(extracted.features(HASH).values)
    rows = table(extracted.images, pairs, distances)
    return set_aside(extracted.images, rows) if options.save_split else extracted.images, rows


def between(first: Images, second: Images, options: Data) -> tuple[int, int]:
    """How many images of the first have a near copy in the second; of how many patients."""
    hashed = [_hashed(images, options) for images in (first, second)]
    hashes = [each.features(HASH).values for each in hashed]
    pairs, _ = near_copies(np.concatenate(hashes))
    across = pairs[(pairs < len(hashes[0])).sum(axis=1) == 1]
    rows = np.unique(across.min(axis=1))
    return len(rows), len(set(hashed[0].images.patients[rows]))


def _hashed(images: Images, options: Data) -> Extracted:
    """The images that can be read, with their perceptual hashes."""
    if not options.images:
        raise InvalidOption("--duplicates reads images; got --no-images as well. Omit one of them.")
    hashing = ImageHash()
    recipe = recipe_of(HASH, hashing, np.array([]), image_files.decoders(images.paths))
    return service.compute(
        images, {HASH: Branch(hashing, FeatureStore(options.cache, recipe))}, options
    )


def table(images: Images, pairs: np.ndarray, distances: np.ndarray) -> pd.DataFrame:
    """Pairs (m, 2) of rows as ids and sets, and whether patient and labels are the same."""
    first, second = pairs.T
    sets = images.sets[pairs].T
    across = (sets[0] != sets[1]) & (sets != "").all(axis=0)
    patients = images.patients[first] == images.patients[second]
    one, other = images.labels[first], images.labels[second]
    labels = ((one == other) | (np.isnan(one) & np.isnan(other))).all(axis=1)
    columns = (images.ids[first], images.ids[second], distances.round(3), *sets, across)
    return pd.DataFrame(dict(zip((*COLUMNS, *ALIKE), (*columns, patients, labels), strict=True)))


def set_aside(images: Images, pairs: pd.DataFrame) -> Images:
    """Images without near duplicates in different sets: of each pair the test image stays."""
    rank = {name: place for place, name in enumerate(SETS)}
    leaking = pairs[pairs["across_parts"]]
    gone = {
        pair.first if rank[pair.first_part] < rank[pair.second_part] else pair.second
        for pair in leaking.itertuples()
    }
    if not gone:
        return images
    sets = np.where(np.isin(images.ids, list(gone)), "", images.sets).astype(object)
    note = f"images left out, since a near duplicate is in another set: {len(gone):,}"
    split = Split(f"{images.split_name}, near copies left out ({len(gone):,})", sets)
    return splits.attach(replace(images, notes=(*images.notes, note)), split)


def write(images: Images, pairs: pd.DataFrame, out: Path) -> list[Path]:
    """Write the pairs as a table and, if there are any, as pictures."""
    storage.write_table(out / TABLE, pairs)
    (out / SHEET).unlink(missing_ok=True)
    if pairs.empty:
        return [out / TABLE]
    shown = pairs.sort_values("across_parts", ascending=False, kind="stable")[:PICTURED]
    tiles = [
        _tile(images, image, name)
        for pair in shown.itertuples()
        for image, name in ((pair.first, pair.first_part), (pair.second, pair.second_part))
    ]
    rows = [tiles[start : start + 4] for start in range(0, len(tiles), 4)]
    title = f"{len(shown):,} of {len(pairs):,} near-duplicate pairs"
    return [out / TABLE, save(contact_sheet.sheet(rows, title, LEGEND), out / SHEET, dpi=200)]


def values(pairs: pd.DataFrame) -> dict[str, Any]:
    """The number of pairs, and how many differ in set, patient or labels."""
    return {
        "pairs": len(pairs),
        "across_parts": int(pairs["across_parts"].sum()),
        "different_patients": int((~pairs["same_patient"]).sum()),
        "different_labels": int((~pairs["same_labels"]).sum()),
    }


def lines(pairs: pd.DataFrame, options: Data) -> list[str]:
    """Lines that count the pairs, name those in different sets, and say how to remove them."""
    if pairs.empty:
        return ["copies    no near-duplicate images"]
    counts = values(pairs)
    leaking = pairs[pairs["across_parts"]]
    named = [
        f"  {pair.first} ({pair.first_part}) and {pair.second} ({pair.second_part}),"
        f" distance {pair.distance:.3f}"
        for pair in leaking[:NAMED].itertuples()
    ]
    if len(leaking) > NAMED:
        named.append(f"  … {len(leaking) - NAMED:,} more, in {TABLE}")
    if named and not options.save_split:
        named.append("  to leave them out: data --duplicates --save-split FILE, then --split FILE")
    return [
        f"copies    near-duplicate pairs {counts['pairs']:,}:"
        f" in different sets {counts['across_parts']:,}, of different patients"
        f" {counts['different_patients']:,}, with different labels {counts['different_labels']:,}",
        *named,
    ]


def _tile(images: Images, image: str, set_name: str) -> Tile:
    (row,) = images.rows(np.array([image]))
    plane = image_files.read(images.paths[row])
    caption = f"{set_name or 'no set'}: {Path(image).name[-22:]}"
    return Tile(np.stack([plane] * 3, axis=-1), caption, np.empty((0, 4)))
