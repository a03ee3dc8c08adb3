"""One folder per class, optionally below train, val and test; classes become one-hot labels."""

from pathlib import Path

import numpy as np
import pandas as pd

from datasets import label_files
from datasets.files import find_images
from datasets.images import SETS, Images, unknown_meta
from datasets.labels import with_one_spelling
from datasets.options import Reading
from datasets.patients import by_names
from datasets.splits import SET_NAMES, from_column
from errors import DatasetNotFound
from progress import warn

__all__ = ["Folders"]


class Folders:
    """Reads `train|val|test/<class>/*` or `<class>/*`."""

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether there are images in folders below, whatever the names."""
        return any(path.is_dir() for path in root.iterdir()) and bool(_classes(root))

    @staticmethod
    def load(root: Path, options: Reading) -> Images:
        """All images below root; the id of an image is its path relative to root."""
        files = find_images(root)
        relative = [path.relative_to(root) for path in files]
        if not files or any(len(path.parts) < 2 for path in relative):
            raise DatasetNotFound(
                f"The folders layout needs images in {root}/<class>/ or {root}/train/<class>/;"
                f" {sum(len(path.parts) < 2 for path in relative)} of {len(files)} images are"
                " outside of a class folder. Move them into folders named after their class."
            )
        classes, notes = with_one_spelling(pd.Series([path.parts[-2] for path in relative]))
        names = tuple(sorted(set(classes)))
        _warn_of_no_classes(root, names)
        notes += label_files.notes(root, options, files)
        ids = np.array([path.as_posix() for path in relative], object)
        patients, patients_from = by_names(ids)
        sets = pd.Series(
            [path.parts[0].lower() if len(path.parts) > 2 else "" for path in relative]
        )
        given = set(sets) & {*SETS, *SET_NAMES}
        return Images(
            source=root.resolve().name,
            format="folders",
            ids=ids,
            paths=np.array([str(path) for path in files], object),
            patients=patients,
            labels=(classes.to_numpy()[:, None] == np.array(names, object)).astype(np.float32),
            label_names=names,
            meta=unknown_meta(len(files)),
            patients_from=patients_from,
            notes=notes,
            split=from_column(sets, "the folders") if given else None,
        )


def _warn_of_no_classes(root: Path, names: tuple[str, ...]) -> None:
    if not label_files.can_be_classes(names):
        warn(
            f"the names of folders are used as classes, but {root} has only"
            f" {' and '.join(map(repr, names))}; pass --label-table FILE if labels are in a table"
        )


def _classes(root: Path) -> set[str]:
    return {path.parent.name for path in find_images(root) if path.parent != root}
