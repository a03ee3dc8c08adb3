"""The true labels of the evaluated images, and their patients."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from errors import BadScores
from evaluation.aligning import check_ids, columns_of, rows_of


@dataclass(frozen=True)
class Truth:
    """n images, k labels: ids (n,), patients (n,), labels (n, k) of 1, 0 or NaN (not reported).

    Images of several sites have `sites` (n,), and every patient is of one: patients are resampled
    site by site.
    """

    ids: np.ndarray
    patients: np.ndarray
    labels: np.ndarray
    label_names: tuple[str, ...]
    sites: np.ndarray | None = None

    def __post_init__(self) -> None:
        check_ids("The labels", self.ids, self.labels, self.label_names)
        if len(self.patients) != len(self.ids):
            raise BadScores(
                f"Every image must have a patient; {len(self.ids):,} images came with"
                f" {len(self.patients):,} patients. Give one for each row of the labels."
            )
        if not (np.isnan(self.labels) | (self.labels == 0) | (self.labels == 1)).all():
            raise BadScores(
                "Labels must be 1, 0 or NaN for not reported; got"
                f" {np.unique(self.labels)[:5].tolist()}. Apply a label policy first."
            )

    @cached_property
    def owners(self) -> np.ndarray:
        """Number of each image's patient, (n,), from 0 in the patients' sorted order."""
        return np.unique(self.patients, return_inverse=True)[1]

    @cached_property
    def strata(self) -> list[np.ndarray]:
        """The numbers of the patients of each site; [] for images of one data set."""
        if self.sites is None:
            return []
        names = sorted(set(self.sites))
        return [np.unique(self.owners[self.sites == name]) for name in names]

    def over(self, ids: np.ndarray, label_names: Sequence[str]) -> "Truth":
        """The truth of these images and labels only, in this order; unknown ones raise."""
        if tuple(label_names) == self.label_names and np.array_equal(ids, self.ids):
            return self
        rows = rows_of("the labels", self.ids, ids)
        columns = columns_of("the labels", self.label_names, label_names)
        return Truth(
            self.ids[rows],
            self.patients[rows],
            self.labels[rows][:, columns],
            tuple(label_names),
            None if self.sites is None else self.sites[rows],
        )
