"""What several radiologists marked in each image, and the labels that their votes give."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from datasets.labels import NO_FINDING
from errors import BadTable

VOTES = ("any", "majority", "all", "agreed")


class Marks(NamedTuple):
    """How many readers saw each image (n,) and each finding in it (n, k); and their boxes."""

    ids: np.ndarray
    names: tuple[str, ...]
    readers: np.ndarray
    votes: np.ndarray
    boxes: pd.DataFrame


def joined(parts: list[Marks]) -> Marks:
    """The marks of several tables, which must have the same findings."""
    names = parts[0].names
    for each in parts[1:]:
        if set(each.names) != set(names):
            differing = ", ".join(sorted(set(each.names) ^ set(names)))
            raise BadTable(
                f"The tables of VinDr-CXR must have the same findings; these are in one only:"
                f" {differing}. Download the tables again."
            )
    columns = [[each.names.index(name) for name in names] for each in parts]
    votes = [each.votes[:, order] for each, order in zip(parts, columns, strict=True)]
    return Marks(
        np.concatenate([each.ids for each in parts]),
        names,
        np.concatenate([each.readers for each in parts]),
        np.concatenate(votes),
        pd.concat([each.boxes for each in parts], ignore_index=True),
    )


def voted(marks: Marks, rule: str) -> np.ndarray:
    """Labels (n, k) by a rule; with `agreed`, those that readers disagree on are not reported."""
    votes, readers = marks.votes, marks.readers[:, None]
    if rule == "agreed":
        one_mind = (votes == 0) | (votes == readers)
        return np.where(one_mind, votes > 0, np.nan).astype(np.float32)
    least = {"any": np.ones_like(readers), "majority": readers // 2 + 1, "all": readers}[rule]
    return (votes >= least).astype(np.float32)


def counts(marks: Marks, rule: str) -> tuple[str, ...]:
    """Notes on what each rule counts as present, and on how often readers disagree."""
    findings = [column for column, name in enumerate(marks.names) if name != NO_FINDING]
    counted = [
        f"{name} {int(np.nansum(voted(marks, name)[:, findings])):,}"
        for name in ("any", "majority", "all")
    ]
    several = marks.readers > 1
    split = (marks.votes > 0) & (marks.votes < marks.readers[:, None])
    n_readers = ", ".join(
        f"{count} in {(marks.readers == count).sum():,} images"
        for count in sorted(set(marks.readers.tolist()))
    )
    return (
        f"votes: {rule}; findings counted as present by each rule: {', '.join(counted)}",
        f"rows per image, one for each reader or for their consensus: {n_readers};"
        f" readers disagree in {split[several].any(axis=1).sum():,} images",
    )
