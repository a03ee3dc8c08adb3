"""Films that are in several parts of a split under several names: found by their bytes, and told.

Every command that learns knows them anyway; `data --duplicates` finds those that were changed too.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from datasets.films import Films
from progress import warn


def with_note(films: Films, keys: Sequence[str]) -> Films:
    """Films, by the digests of their files; with a warning and a note if a file is in two parts."""
    table = pd.DataFrame({"key": keys, "part": films.parts})[films.parts != ""]
    n_parts = table.groupby("key")["part"].nunique()
    leaking = films.ids[np.isin(keys, n_parts.index[n_parts > 1])]
    if not len(leaking):
        return films
    note = (
        f"{len(leaking):,} films are the same file as one in another part of the split, such as"
        f" {leaking[0]}: figures are too good. `data --duplicates --save-split FILE` mends it"
    )
    warn(note)
    return replace(films, notes=(*films.notes, note))
