"""Plain arrays as input of classifiers: views, labels and validation images."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from errors import InvalidOption, MisalignedRows
from models.views import DEEP, KINDS, PIXELS, Block, Views

Labelled = tuple[Views, np.ndarray]

VALIDATION_SHARE = 1 / 8
ROWS = (
    "Labels must have a row for each image and the same columns everywhere; got {} for {} images."
    " Select both by the same ids."
)


def as_views(given: Any, needs: Sequence[str], name: str = "") -> Views:
    """Views as they are; an array (n, d) as the one block that a classifier needs."""
    if isinstance(given, Views):
        return given
    values = np.asarray(given)
    if values.ndim != 2 or len(needs) != 1:
        blocks = ", ".join(f"{kind!r}: Block({kind.upper()}, {kind!r})" for kind in needs)
        raise InvalidOption(
            f"This classifier needs {' and '.join(needs)} features, each an array with a row for"
            f" each image; got one array of shape {values.shape}. Type `from models.views import"
            f" Block, Views`, then `views = Views({{{blocks}}})`, and pass views."
        )
    # A block that is asked for by name is an embedding.
    kind = needs[0] if needs[0] in KINDS else DEEP
    return Views({name or kind: Block(values.astype(_type(kind), copy=False), kind)})


def labelled(given: Any, labels: Any, needs: Sequence[str], name: str = "") -> Labelled:
    """Views of n images and their labels (n, k) float32 of 1, 0 or NaN; (n,) are one column."""
    views, known = as_views(given, needs, name), np.asarray(labels, np.float32)
    known = known[:, None] if known.ndim == 1 else known
    if len(views) != len(known):
        raise MisalignedRows(ROWS.format(known.shape, len(views)))
    return views, known


def check_columns(learned: Labelled, held: Labelled) -> None:
    """Refuse validation labels with other columns."""
    if learned[1].shape[1:] != held[1].shape[1:]:
        raise MisalignedRows(ROWS.format(held[1].shape, len(held[0])))


def split_off(every: Labelled, patients: Any, seed: int) -> tuple[Labelled, Labelled]:
    """Training data, and an eighth of the patients (or images) as validation data."""
    views, labels = every
    held = held_out(len(labels), patients, seed)
    return (views.select(~held), labels[~held]), (views.select(held), labels[held])


def owners_of(count: int, patients: Any) -> np.ndarray:
    """The patient (n,) of each image; without any, each image has one of its own."""
    owners = np.arange(count) if patients is None else np.asarray(patients)
    if len(owners) != count:
        raise MisalignedRows(
            f"patients must have a row for each image; got {len(owners)} for {count} images."
        )
    return owners


def held_out(count: int, patients: Any, seed: int) -> np.ndarray:
    """Mask (n,) of an eighth of the patients, or of the images where none are given."""
    owners = owners_of(count, patients)
    known, places = np.unique(owners, return_inverse=True)
    if len(known) < 2:
        raise InvalidOption(
            f"Images of at least two patients are needed to hold some out; got {len(known)}. Pass"
            " validation=(features, labels)."
        )
    order = np.random.default_rng(seed).permutation(len(known))
    chosen = order[: max(1, round(VALIDATION_SHARE * len(known)))]
    return np.isin(places, chosen)


def _type(kind: str) -> type:
    return np.uint8 if kind == PIXELS else np.float32
