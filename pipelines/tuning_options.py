"""Options of the search for settings, which `compare` and `train` share."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """How many settings are tried for each model, and on which images they are chosen."""

    tune: Annotated[
        int, "Settings tried for each model on training patients, the best of which is used."
    ] = 0
    tune_words: Annotated[
        str, "For --tune: settings of visual words to choose among: `orb_words.n_words=128,512`."
    ] = ""
    inner_folds: Annotated[
        int, "For --tune: folds of the training patients; 0: a fifth of them is held out."
    ] = 0
