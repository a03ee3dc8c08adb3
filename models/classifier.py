"""What all classifiers share: views checked, labels of one class set aside, arrays on disk."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

import arrays
import storage
from errors import InvalidOption, MisalignedRows
from evaluation.auc import label_aucs, macro
from models.attribution import Attribution
from models.plain_arrays import Labelled, as_views, check_columns, labelled, parted
from models.views import Views
from progress import warn

STATE = "state.npz"


@dataclass(repr=False, eq=False, kw_only=True)
class Classifier(BaseEstimator):
    """Probabilities (n, k) of k labels from the views it needs; a plug-in learns and gives logits.

    Labels are 1, 0 or NaN for not reported. A label with one class among the training films gets
    a constant probability.
    """

    # Whether another seed gives another classifier.
    uses_seed: ClassVar[bool] = True

    seed: int = 0
    _client: Any = field(default=None, init=False)

    @property
    @abstractmethod
    def needs(self) -> tuple[str, ...]:
        """Kinds of views it takes."""

    @property
    def libraries(self) -> tuple[str, ...]:
        """Modules whose versions matter to what it learned."""
        return "numpy", "sklearn"

    @abstractmethod
    def _learn(self, views: Views, labels: np.ndarray, validation: Labelled) -> None:
        """Learn every label that is reported for any film; the others are NaN throughout."""

    @abstractmethod
    def _logits(self, views: Views) -> np.ndarray:
        """Logits (n, k); those of labels that were not learned do not matter."""

    def predict_augmented(self, views: Views, times: int) -> np.ndarray:
        """Probabilities (times, n, k) of films, each time augmented anew."""
        raise InvalidOption(
            f"Only films can be augmented; {type(self).__name__} looks at vectors. Take a bundle of"
            " finetuned, or leave --tta out."
        )

    def keep_in(self, folder: Path) -> Self:
        """The classifier, which keeps there how far its training is, if it takes long enough."""
        return self

    def grow_on(self, client: Any) -> Self:
        """The classifier, which may share its training with the workers of a Dask client."""
        self._client = client
        return self

    @property
    def differentiable_by(self) -> tuple[str, ...]:
        """Kinds of views by which its logits have a gradient; none unless a plug-in says so."""
        return ()

    def tensor_logits(self, vectors: dict[str, Any]) -> Any:
        """The part of the logits (n, k) that has a gradient, of tensors (n, d) by block's name."""
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
        """What every number adds to the logits of these labels, (n, k, d) by block's name."""
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
    ) -> Self:
        """The classifier, having learned from training images and chosen by validation images.

        An array (n, d) will do where one block is needed. Without `validation`, an eighth of the
        `patients` is held out, or of the images if none are given. A warning lists labels of one
        class, unless the caller has `reported` them by their names.
        """
        every = labelled(views, labels, self.needs)
        if validation is None:
            learned, held = parted(every, patients, self.seed)
        else:
            name = every[0].of(*self.needs).names[0]
            learned, held = every, labelled(*validation, self.needs, name)
        check_columns(learned, held)
        self._fit(*learned, held)
        if not reported:
            _warn_of(np.flatnonzero(~np.isnan(self.constants_)), len(learned[1]))
        return self

    def _fit(self, views: Views, labels: np.ndarray, validation: Labelled) -> Self:
        taken = views.of(*self.needs)
        self.view_names_ = np.array(taken.names)
        self.view_widths_ = np.array(list(taken.widths.values()))
        self.constants_ = _constants(labels)
        learnable = np.where(np.isnan(self.constants_), labels, np.nan).astype(np.float32)
        self._learn(taken, learnable, (self._taken(validation[0]), validation[1]))
        return self

    def decision_function(self, views: Views | ArrayLike) -> np.ndarray:
        """Logits (n, k); those of constant labels are those of the constant."""
        check_is_fitted(self)
        constant = ~np.isnan(self.constants_)
        return np.where(constant, logit(self.constants_), self._logits(self._taken(views)))

    def predict_proba(self, views: Views | ArrayLike) -> np.ndarray:
        """Probabilities (n, k) float32."""
        return expit(self.decision_function(views)).astype(np.float32)

    def attribution(self, views: Views, columns: Sequence[int]) -> Attribution:
        """What every number of n films adds to the logits of k labels; to constant ones nothing."""
        logits = self.decision_function(views)[:, columns]
        learned = np.isnan(self.constants_[columns])[:, None]
        attributions = self._attribution(self._taken(views), columns)
        blocks = {
            name: np.where(learned, values, 0).astype(np.float32)
            for name, values in attributions.items()
        }
        return Attribution(blocks, logits - sum(values.sum(axis=2) for values in blocks.values()))

    def save(self, folder: Path) -> None:
        """Write what was learned into a folder, as plain arrays."""
        check_is_fitted(self)
        folder.mkdir(parents=True, exist_ok=True)
        learned = {name: value for name, value in vars(self).items() if name.endswith("_")}
        kept = {name: value for name, value in learned.items() if isinstance(value, np.ndarray)}
        np.savez(folder / STATE, allow_pickle=False, **kept)

    def load(self, folder: Path) -> Self:
        """The classifier, made with the same options, as it was when saved into this folder."""
        return arrays.give(self, storage.read_bytes(folder / STATE))

    def _taken(self, views: Views | ArrayLike) -> Views:
        taken = as_views(views, self.needs, str(self.view_names_[0])).of(*self.needs)
        learned = dict(zip(self.view_names_.tolist(), self.view_widths_.tolist(), strict=True))
        if list(taken.widths.items()) != list(learned.items()):
            raise MisalignedRows(
                f"{type(self).__name__} must see the views it learned from, {learned}; got"
                f" {taken.widths}. Extract with the same extractors."
            )
        return taken


def chosen_by(labels: np.ndarray, scores: np.ndarray) -> float:
    """What all choices go by: macro AUC on validation films; 0 if no label has both classes."""
    return float(np.nan_to_num(macro(label_aucs(labels, scores))))


def _constants(labels: np.ndarray) -> np.ndarray:
    """A probability for each label of one class (k,), by Laplace's rule; NaN for the others."""
    positives, reported = np.nansum(labels, axis=0), (~np.isnan(labels)).sum(axis=0)
    single = (positives == 0) | (positives == reported)
    return np.where(single, (positives + 1) / (reported + 2), np.nan)


def _warn_of(single: np.ndarray, n_images: int) -> None:
    if len(single):
        warn(
            f"labels of one class among {n_images} training images get a constant probability:"
            f" columns {', '.join(map(str, single))}, counted from 0"
        )
