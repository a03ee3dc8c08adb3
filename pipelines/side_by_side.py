"""Several data sets side by side: sizes, patients, shared findings, images in common."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import storage
from datasets import overlap, sources, vocabulary
from datasets.images import NOBODY_KNOWN, Images
from datasets.vocabulary import Common
from errors import InvalidOption
from pipelines import Result, duplicates
from pipelines.command_options import Data
from progress import step

TABLE = "side_by_side.csv"
APPROXIMATE = "~"
# Rows of a data set's views beyond these are added up.
NAMED_VIEWS = 4


def compare(options: Data) -> Result:
    """Counts of several data sets as a table, what they share as lines, both as JSON."""
    _check(options)
    sets = [_read(path, options) for path in options.sets]
    names = _titles(sets, options.sets)
    mapped = {
        name: vocabulary.common(images, options.map)
        for name, images in zip(names, sets, strict=True)
    }
    table = pd.DataFrame([*_facts(mapped), *_findings(mapped)], columns=["", *names])
    sources.folder(options.out)
    storage.write_table(options.out / TABLE, table)
    pairs = [_pair(one, other, mapped, options) for one, other in combinations(names, 2)]
    skipped = [(name, *row) for name, each in mapped.items() for row in each.images.skipped]
    storage.write_table(
        options.out / "skipped.csv", pd.DataFrame(skipped, columns=["data set", "id", "reason"])
    )
    lines = [
        f"{len(sets)} data sets side by side: {', '.join(names)}",
        *(
            f"note      {name}: {note}"
            for name, each in mapped.items()
            for note in each.images.notes
        ),
        *_shown(table),
        *_remarks(mapped),
        *(line for pair in pairs for line in _pair_lines(pair)),
        *filter(None, [overlap.kinship(sets)]),
        f"wrote     {options.out / TABLE}",
    ]
    return Result(lines, _values(mapped, pairs), len(skipped))


def _check(options: Data) -> None:
    if options.data or options.save_split or options.label_table:
        raise InvalidOption(
            "Several data sets are read with their own labels and splits; got --data, --save-split"
            " or --label-table as well. Leave it out, or describe one data set."
        )
    if twice := sorted(_twice(options.sets)):
        raise InvalidOption(
            f"Data sets must be different folders; got {twice[0]} twice. Name each folder once."
        )


def _twice(folders: Sequence[Path]) -> set[Path]:
    """The folders that come more than once, also under another path."""
    counts = Counter(folder.resolve() for folder in folders)
    return {folder for folder in folders if counts[folder.resolve()] > 1}


def _read(path: Path, options: Data) -> Images:
    images = sources.images_of(replace(options, data=path, map=None))
    return sources.checked(images, options.jobs) if options.check_images else images


def _titles(sets: Sequence[Images], paths: Sequence[Path]) -> list[str]:
    """The name of each data set, or its path where names repeat."""
    names = [images.source for images in sets]
    return names if len(set(names)) == len(names) else [str(path) for path in paths]


def _facts(mapped: dict[str, Common]) -> Iterator[list[str]]:
    """Rows of format, images, patients, sexes, ages and views."""
    facts: dict[str, Callable[[Images], str]] = {
        "format": lambda images: images.format,
        "images": lambda images: f"{len(images):,}",
        "patients": _patients,
        "boxes": lambda images: f"{len(images.boxes):,}",
        "sex": lambda images: _counts(images.meta["sex"]),
        "age": _ages,
        "views": lambda images: _counts(images.meta["view"]),
    }
    for title, shown in facts.items():
        yield [title, *(shown(each.images) for each in mapped.values())]


def _patients(images: Images) -> str:
    unknown = images.patients_from == NOBODY_KNOWN
    return "not known" if unknown else f"{len(set(images.patients)):,}"


def _counts(values: pd.Series) -> str:
    """The most common values with their share of all images."""
    shares = values.replace("", "unknown").value_counts(normalize=True)
    named = dict(shares[:NAMED_VIEWS].items())
    if rest := shares[NAMED_VIEWS:].sum():
        named["others"] = rest
    return ", ".join(f"{value} {_percent(share)}" for value, share in named.items())


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 else "<1 %"


def _ages(images: Images) -> str:
    ages = images.meta["age"].dropna()
    if ages.empty:
        return "not known"
    low, middle, high = np.percentile(ages.astype(float), (25, 50, 75))
    return f"median {middle:.0f} ({low:.0f}–{high:.0f})"


def shared(mapped: dict[str, Common]) -> list[str]:
    """Findings of at least two data sets, in the order of the first that has them."""
    counts: dict[str, int] = {}
    for each in mapped.values():
        for finding in each.names:
            counts[finding] = counts.get(finding, 0) + 1
    return [finding for finding, count in counts.items() if count > 1]


def _findings(mapped: dict[str, Common]) -> Iterator[list[str]]:
    """A row for each shared finding: images that have it, and its share of those that report it."""
    for finding in shared(mapped):
        yield [finding, *(_prevalence(each, finding) for each in mapped.values())]


def _prevalence(each: Common, finding: str) -> str:
    if finding not in each.names:
        return ""
    positives, reported = _count(each, finding)
    mark = APPROXIMATE * (finding in each.approximate)
    return f"{mark}{positives:,} ({100 * positives / max(reported, 1):.1f} %)"


def _count(each: Common, finding: str) -> tuple[int, int]:
    column = each.images.labels[:, each.images.label_names.index(finding)]
    return int(np.nansum(column)), int((~np.isnan(column)).sum())


def _shown(table: pd.DataFrame) -> list[str]:
    """A table as lines of aligned columns."""
    rows = [list(table.columns), *table.to_numpy().tolist()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    cells = (zip(row, widths, strict=True) for row in rows)
    return ["  ".join(f"{text:{width}}" for text, width in row).rstrip() for row in cells]


def _remarks(mapped: dict[str, Common]) -> Iterator[str]:
    """What approximate findings are made of, and the labels that no other data set has."""
    both = shared(mapped)
    for name, each in mapped.items():
        for finding in both:
            if why := each.approximate.get(finding):
                made_of = " or ".join(each.names[finding])
                yield f"{APPROXIMATE} {finding} of {name} is {made_of}: {why}"
    for name, each in mapped.items():
        alone = [finding for finding in each.names if finding not in both]
        if alone:
            yield f"only in {name}: {', '.join(alone)}"


def _pair(one: str, other: str, mapped: dict[str, Common], options: Data) -> dict[str, Any]:
    """What two data sets have in common, as values for JSON."""
    step(f"looking for images of {one} in {other}")
    first, second = mapped[one].images, mapped[other].images
    found = overlap.overlap(first, second)._asdict()
    if not options.images:
        found |= {"files": None, "patients_of_files": None}
    if options.duplicates:
        copies, patients = duplicates.between(first, second, options)
        found |= {"near_copies": copies, "patients_of_near_copies": patients}
    step("")
    return {"first": one, "second": other} | found


def _pair_lines(pair: dict[str, Any]) -> list[str]:
    copies = pair.get("near_copies")
    near = ""
    if copies is not None:
        near = f", {copies:,} near copies (of {pair['patients_of_near_copies']:,} patients)"
    same = pair["patients_of_one_name"]
    named = "patients not known" if same is None else f"{same:,} patients of the same name"
    files = "files not compared"
    if pair["files"] is not None:
        files = f"{pair['files']:,} images with the same file (of {pair['patients_of_files']:,}"
        files += " patients)"
    both = f"{pair['first']} and {pair['second']}"
    return [f"{both}: {files}{near}, {pair['names']:,} images of the same name, {named}"]


def _values(mapped: dict[str, Common], pairs: list[dict[str, Any]]) -> dict[str, Any]:
    sets = {
        name: {
            "format": each.images.format,
            "images": len(each.images),
            "patients": len(set(each.images.patients)),
            "patients_from": each.images.patients_from,
            "notes": list(each.images.notes),
            "findings": {
                finding: {
                    "labels": labels,
                    "approximate": each.approximate.get(finding, ""),
                    **dict(zip(("positives", "reported"), _count(each, finding), strict=True)),
                }
                for finding, labels in each.names.items()
            },
        }
        for name, each in mapped.items()
    }
    return {"sets": sets, "shared": shared(mapped), "common": pairs}
