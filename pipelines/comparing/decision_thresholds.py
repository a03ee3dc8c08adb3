"""The probability from which on each label is called present: given, or from validation images."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from datasets.label_names import hint, spelled
from datasets.tables import find_column, need_column, read_table
from errors import InvalidOption
from evaluation.class_choice import as_thresholds
from pipelines.comparing.run_cache import Fit

# A label and a number; a label may have blanks.
GIVEN = re.compile(r"(?P<label>.+)=(?P<threshold>[^=]+)")
OPTION = "--thresholds"
EVERY_MODEL = ""


def given(text: str, label_names: Sequence[str], models: Sequence[str]) -> dict[str, np.ndarray]:
    """Thresholds (k,) of each model that any are given for, NaN where none is; {} for no text.

    The text is LABEL=NUMBER,… for all models, or the name of a CSV with the columns label,
    threshold and, where models differ, model.
    """
    if not text:
        return {}
    found = {model: np.full(len(label_names), np.nan) for model in models}
    for model, label, threshold in _rows(text):
        place = label_names.index(_label(label, label_names))
        if model != EVERY_MODEL and model not in found:
            raise InvalidOption(
                f"{OPTION} must name models of the report, which has {', '.join(models)}; got"
                f" {model!r}. Correct the column model, or leave it empty for all models."
            )
        for name in found if model == EVERY_MODEL else [model]:
            found[name][place] = _number(label, threshold)
    return {name: chosen for name, chosen in found.items() if not np.isnan(chosen).all()}


def of_splits(by_split: Sequence[Sequence[Fit]], exclusive: bool = False) -> np.ndarray:
    """Thresholds (n, k) of the test images of all splits: each split's, the mean over its seeds.

    Of several exclusive classes they call the most probable one.
    """
    if exclusive:
        means = [np.mean([one.probabilities for one in seeds], axis=0) for seeds in by_split]
        return as_thresholds(np.concatenate(means))
    return np.concatenate([np.tile(_of_split(seeds), (len(seeds[0].ids), 1)) for seeds in by_split])


def of_all(by_split: Sequence[Sequence[Fit]]) -> np.ndarray:
    """Each label's threshold for images of no split, (k,): the mean over splits and seeds."""
    return _of_split([*chain.from_iterable(by_split)])


def _of_split(seeds: Sequence[Fit]) -> np.ndarray:
    """Each label's threshold, the mean over seeds, (k,)."""
    chosen = np.array([one.thresholds for one in seeds])
    known = ~np.isnan(chosen)
    sums = np.where(known, chosen, 0).sum(axis=0)
    return np.where(known.any(axis=0), sums / np.maximum(known.sum(axis=0), 1), np.nan)


def _rows(text: str) -> Iterator[tuple[str, str, str]]:
    """Model, label and threshold of each row, as text."""
    path = Path(text)
    if "=" not in text or path.is_file():
        frame = read_table(path, dtype=str)
        columns = [need_column(frame, path, name) for name in ("label", "threshold")]
        model = find_column(frame, "model")
        models = frame[model] if model else [EVERY_MODEL] * len(frame)
        yield from zip(models, *(frame[name] for name in columns), strict=True)
        return
    for part in filter(None, map(str.strip, text.split(","))):
        match = GIVEN.fullmatch(part)
        if not match:
            raise InvalidOption(
                f"{OPTION} must be LABEL=NUMBER, comma-separated, or a CSV with the columns label"
                f" and threshold; got {part!r}. Type {OPTION} Edema=0.3,Mass=0.1."
            )
        yield EVERY_MODEL, match["label"].strip(), match["threshold"].strip()


def _label(label: str, label_names: Sequence[str]) -> str:
    """The label as the report spells it."""
    known = spelled(label, label_names)
    if known is None:
        near = hint([label], label_names) or ". Correct or remove it."
        raise InvalidOption(
            f"{OPTION} must name labels of the report, which has {', '.join(label_names)}; got"
            f" {label!r}{near}"
        )
    return known


def _number(label: str, threshold: str) -> float:
    try:
        value = float(threshold)
    except ValueError:
        value = np.nan
    if not 0 <= value <= 1:
        raise InvalidOption(
            f"{OPTION} must be probabilities from 0 to 1; {label} has {threshold!r}. Type"
            f" {OPTION} {label}=0.3, or correct the table."
        )
    return value
