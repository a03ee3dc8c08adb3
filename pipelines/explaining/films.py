"""Which films `explain` shows: those named, or test films of the data set."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import checks
from datasets.films import Films
from datasets.options import listed
from errors import BadSplit, DatasetNotFound
from pipelines import sources
from pipelines.bundle_options import Explain


def films_asked(options: Explain, label_names: Sequence[str]) -> Films:
    """The films named, or test films of the data set, those that show labels before others."""
    if options.image and options.data is None:
        return sources.films_named(options.image, label_names)
    # What is wrong with films that nobody asked for is not told here.
    films = replace(sources.films_of(options), skipped=())
    rows = _named(films, options.image) if options.image else _first_test_films(films, options)
    return films.select(np.isin(np.arange(len(films)), rows))


def _named(films: Films, paths: Sequence[Path]) -> list[int]:
    known = {Path(path).resolve(): row for row, path in enumerate(films.paths)}
    strange = [str(path) for path in paths if path.resolve() not in known]
    if strange:
        raise DatasetNotFound(
            f"Films named beside --data must be films of {films.source}; {strange[0]} is none."
            " Leave --data out to explain any file."
        )
    return [known[path.resolve()] for path in paths]


def _first_test_films(films: Films, options: Explain) -> list[int]:
    """One film that shows each label, then the next for each, then films that show none.

    What shows a label is a box; where labels are asked for, also that a film has it.
    """
    checks.at_least("--films", options.films, 1)
    if not films.test.any():
        raise BadSplit(
            f"explain shows test films; split {films.split_name!r} has none. Name films, or type"
            " --split random."
        )
    test = films.select(films.test)
    asked = listed(options.labels)
    shown = _labelled(test, asked) if asked else test.boxes
    first = shown.drop_duplicates("id")
    turns = dict(zip(first["id"], first.groupby("label").cumcount(), strict=True))
    order = np.argsort([turns.get(film, len(test)) for film in test.ids], kind="stable")
    return np.flatnonzero(films.test)[order[: options.films]].tolist()


def _labelled(films: Films, asked: Sequence[str]) -> pd.DataFrame:
    """Films with a box of a label that is asked for, then those that have one; by id and label."""
    rows, columns = np.nonzero(films.labels == 1)
    names = np.array(films.label_names, object)[columns]
    shown = pd.concat([films.boxes, pd.DataFrame({"id": films.ids[rows], "label": names})])
    return shown[shown["label"].isin(asked)]
