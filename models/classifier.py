"""What all classifiers share: checked views, constant labels, arrays on disk."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit, softmax
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

import arrays
import storage
from errors import InvalidOption, MisalignedRows
from evaluation.auc import label_aucs, macro
from models.attribution import Attribution
from models.exclusive import Exclusive, completed
from models.halving import Rungs
from models.plain_arrays import (
    Labelled,
    as_views,
    check_columns,
    held_out,
    labelled,
    owners_of,
    split_off,
)
from models.search_space import Chosen, Space, declared
from models.views import Views
from progress import warn

STATE = "state.npz"


@dataclass(repr=False, eq=False, kw_only=True)
class Classifier(Exclusive, BaseEstimator):
    """Probabilities (n, k) of k labels from views; a plug-in learns and computes logits.

    Labels are 1, 0 or NaN for not reported. A label with one class among the training images gets
    a constant probability. Those of exclusive classes sum to 1 for each image.
    """

    # Whether the result depends on the seed.
    uses_seed: ClassVar[bool] = True

    seed: int = 0
    _client: Any = field(default=None, init=False)
    # Folder of the checkpoints of a training; None: no checkpoints.
    place: ClassVar[Path | None] = None
    _patients: Any = field(default=None, init=False)

    @property
    @abstractmethod
    def needs(self) -> tuple[str, ...]:
        """Kinds of views it takes."""

    @property
    def libraries(self) -> tuple[str, ...]:
        """Modules whose versions what it learned depends on."""
        return "numpy", "sklearn"

    @abstractmethod
    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        """Learn every label that has both classes; all values of the others are NaN."""

    @abstractmethod
    def _logits(self, views: Views) -> np.ndarray:
        """Logits (n, k); those of labels that were not learned are ignored."""

    def _of_classes(self, logits: np.ndarray) -> np.ndarray:
        """Logits (n, k) of a softmax over exclusive classes; by default those of `_logits`."""
        return logits

    def keep_in(self, folder: Path) -> Self:
        """The classifier, which keeps and continues checkpoints of a long training in a folder."""
        self.place = folder  # type: ignore[misc]
        return self

    def grow_on(self, client: Any) -> Self:
        """The classifier, which may share its training with the workers of a Dask client."""
        self._client = client
        return self

    def stop_below(self, least: Rungs) -> Self:
        """The classifier, whose training may stop where its validation AUC is below these."""
        return self

    @property
    def search_space(self) -> Space:
        """The range of each option that a search may set; {} if none is declared."""
        return declared(type(self))

    @property
    def searched(self) -> Chosen:
        """The present values of the options that a search may set."""
        return {name: getattr(self, name) for name in self.search_space}

    def with_chosen(self, chosen: Chosen) -> Self:
        """The classifier with these values of options that a search may set."""
        self.set_params(**chosen)
        return self

    @property
    def differentiable_by(self) -> tuple[str, ...]:
        """Kinds of views that its logits have a gradient with respect to; by default none."""
        return ()

    def tensor_logits(self, blocks: dict[str, Any]) -> Any:
        """Logits (n, k) of tensors (n, d) by block name, as far as they have a gradient."""
        return 0.0

    @property
    def member_shares(self) -> dict[str, float]:
        """Share of each member by its name, once fitted; empty unless a plug-in has members."""
        return {}

    @property
    def weightless(self) -> tuple[str, ...]:
        """Kinds of views that have weight 0 in what was learned."""
        return ()

    def _attribution(self, views: Views, columns: Sequence[int]) -> dict[str, np.ndarray]:
        """What every feature adds to the logits of these labels, (n, k, d) by block name."""
        raise InvalidOption(
            f"Only classifiers with attributions can be explained; {type(self).__name__} does not"
            " have any. Take another bundle, or add a method _attribution."
        )

    def fit(
        self,
        views: Views | ArrayLike,
        labels: ArrayLike,
        *,
        validation: tuple[Views | ArrayLike, ArrayLike] | None = None,
        patients: ArrayLike | None = None,
        reported: bool = False,
        exclusive: bool = False,
    ) -> Self:
        """The classifier, fitted to training images, with its choices made on validation images.

        If it needs one block, an array (n, d) will do. Without `validation`, an eighth of the
        `patients` is held out, or of the images if no patients are given. Inner folds keep patients
        together, too. A warning lists the labels with one class, unless the caller has `reported`
        them already. With `exclusive`, each image has one of the labels, if there are several.
        """
        every = labelled(views, labels, self.needs)
        self._patients = owners_of(len(every[1]), patients)
        if validation is None:
            learned, held = split_off(every, patients, self.seed)
            self._patients = self._patients[~held_out(len(every[1]), patients, self.seed)]
        else:
            name = every[0].of(*self.needs).names[0]
            learned, held = every, labelled(*validation, self.needs, name)
        check_columns(learned, held)
        self._fit(*learned, held, exclusive)
        if not reported:
            _warn_of(np.flatnonzero(~np.isnan(self.constants_)), len(learned[1]))
        return self

    def _fit(
        self, views: Views, labels: np.ndarray, validation: Labelled, exclusive: bool = False
    ) -> Self:
        taken = views.of(*self.needs)
        # An array, like all that is saved.
        self.exclusive_ = np.array([exclusive and labels.shape[1] > 1])
        self.view_names_ = np.array(taken.names)
        self.view_widths_ = np.array(list(taken.widths.values()))
        self.constants_ = _constants(labels)
        learnable = np.where(np.isnan(self.constants_), labels, np.nan).astype(np.float32)
        self._learn(taken, learnable, (self._taken(validation[0]), validation[1]))
        return self

    def decision_function(self, views: Views | ArrayLike) -> np.ndarray:
        """Logits (n, k); those of constant labels are those of the constant."""
        check_is_fitted(self)
        if self.exclusive:
            return completed(self._of_classes(self._logits(self._taken(views))), self.constants_)
        constant = ~np.isnan(self.constants_)
        return np.where(constant, logit(self.constants_), self._logits(self._taken(views)))

    def predict_proba(self, views: Views | ArrayLike) -> np.ndarray:
        """Probabilities (n, k) float32."""
        if self.exclusive:
            return softmax(self.decision_function(views), axis=1).astype(np.float32)
        return expit(self.decision_function(views)).astype(np.float32)

    def attribution(self, views: Views, columns: Sequence[int]) -> Attribution:
        """What every feature of n images adds to the logits of k labels; 0 for constant labels."""
        # Before the softmax, or what makes logits of one label those of exclusive classes.
        everything = self._logits if self.exclusive else self.decision_function
        logits = everything(self._taken(views))[:, columns]
        learned = np.isnan(self.constants_[columns])[:, None]
        attributions = self._attribution(self._taken(views), columns)
        blocks = {
            name: np.where(learned, values, 0).astype(np.float32)
            for name, values in attributions.items()
        }
        return Attribution(blocks, logits - sum(values.sum(axis=2) for values in blocks.values()))

    def save(self, folder: Path) -> None:
        """Write what was learned to a folder, as plain arrays."""
        check_is_fitted(self)
        folder.mkdir(parents=True, exist_ok=True)
        learned = {name: value for name, value in vars(self).items() if name.endswith("_")}
        kept = {name: value for name, value in learned.items() if isinstance(value, np.ndarray)}
        np.savez(folder / STATE, allow_pickle=False, **kept)

    def load(self, folder: Path) -> Self:
        """The classifier, built with the same options, as it was saved to this folder."""
        return arrays.give(self, storage.read_bytes(folder / STATE))

    def _taken(self, views: Views | ArrayLike) -> Views:
        taken = as_views(views, self.needs, str(self.view_names_[0])).of(*self.needs)
        learned = dict(zip(self.view_names_.tolist(), self.view_widths_.tolist(), strict=True))
        if list(taken.widths.items()) != list(learned.items()):
            raise MisalignedRows(
                f"{type(self).__name__} needs the views it learned from, {learned}; got"
                f" {taken.widths}. Use the same extractors."
            )
        return taken


def validation_auc(labels: np.ndarray, scores: np.ndarray) -> float:
    """Macro AUC on validation images, which all choices are based on; 0 if it is undefined."""
    return float(np.nan_to_num(macro(label_aucs(labels, scores))))


def _constants(labels: np.ndarray) -> np.ndarray:
    """A probability for each label with one class (k,), by Laplace's rule; NaN for the others."""
    positives, reported = np.nansum(labels, axis=0), (~np.isnan(labels)).sum(axis=0)
    single = (positives == 0) | (positives == reported)
    return np.where(single, (positives + 1) / (reported + 2), np.nan)


def _warn_of(single: np.ndarray, n_images: int) -> None:
    if len(single):
        warn(
            f"labels with one class among {n_images} training images get a constant probability:"
            f" columns {', '.join(map(str, single))}, counted from 0"
        )
