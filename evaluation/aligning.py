"""Rows matched by id and columns by name."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from errors import BadScores


def check_ids(whose: str, ids: np.ndarray, values: np.ndarray, names: Sequence[str]) -> None:
    """Refuse repeated ids, and values (n, k) without a row per id and a column per name."""
    if values.shape != (len(ids), len(names)):
        raise BadScores(
            f"{whose} must have a row for each id and a column for each label; got"
            f" {values.shape} for {len(ids):,} ids and {len(names)} labels. Correct the table."
        )
    known = pd.Index(ids)
    if not known.is_unique:
        twice = list(dict.fromkeys(known[known.duplicated()]))
        raise BadScores(
            f"{whose} must have one row for each image; {len(twice):,} ids have several, such"
            f" as {str(twice[0])!r}. Remove the repeated rows."
        )


def rows_of(whose: str, known: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """Row number of each id among those known, (n,); an unknown id raises."""
    rows = pd.Index(known).get_indexer(pd.Index(ids))
    missing = ids[rows < 0]
    if len(missing):
        raise BadScores(
            f"Every image evaluated must be in {whose}; {len(missing):,} of {len(ids):,} are not,"
            f" such as {str(missing[0])!r}. Check that both come from the same data, or pass"
            " --intersect."
        )
    return rows


def columns_of(whose: str, known: Sequence[str], names: Sequence[str]) -> list[int]:
    """Column number of each label among those known; an unknown label raises."""
    missing = [name for name in names if name not in known]
    if missing:
        raise BadScores(
            f"Every label evaluated must be in {whose}, which has {', '.join(known)}; it lacks"
            f" {', '.join(missing)}. Rename these columns, or leave them out."
        )
    return [known.index(name) for name in names]
