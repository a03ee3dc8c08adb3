"""A comparison after training: every candidate's test probabilities, and how they were made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np

from datasets.images import META, SETS, Caution, Images
from datasets.summary import split_counts
from evaluation.auc import label_aucs, macro
from evaluation.reported_labels import prevalence
from evaluation.scores import Scores
from evaluation.truth import Truth
from features.extracted import Extracted
from models.views import DEEP, METADATA, WORDS
from pipelines import asked_features, chosen_networks
from pipelines.command_options import Compare
from pipelines.comparing import turns
from pipelines.comparing.candidates import Candidate, is_hybrid
from pipelines.comparing.decision_thresholds import given, of_splits
from pipelines.comparing.external_sets import Site
from pipelines.comparing.run_cache import Fit
from reports import cautions, provenance
from reports.report_figures import ModelFigures, Setting, Training
from reports.report_tree import Backbone, Data, Provenance, Separation, Split

LIBRARIES = ("numpy", "pandas", "scikit-learn", "keras", "tensorflow", "xgboost", "opencv")
CONTROLS = "Among the width-matched controls"


@dataclass(frozen=True)
class ComparisonRun:
    """The candidates and the metadata-only baseline; their fits by name, split and seed; and the
    images of every split with their features. `sites` are the external data sets."""

    candidates: Sequence[Candidate]
    metadata_only: Candidate
    fits: dict[str, list[list[Fit]]]
    stages: Sequence[Extracted]
    options: Compare
    sites: Sequence[Site] = ()

    @property
    def images(self) -> Images:
        """The images with the first split."""
        return self.stages[0].images

    @property
    def knows_metadata(self) -> bool:
        """Whether age, sex or view is known for any image."""
        return bool(self.images.meta[[*META]].replace("", np.nan).notna().any(axis=None))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every other candidate with the baseline."""
        names = [each.name for each in self.candidates]
        return [(name, self.options.baseline) for name in names if name != self.options.baseline]

    def scores(self, candidate: Candidate) -> Scores:
        """Seed-averaged probabilities of every test image, split after split."""
        by_split = self.fits[candidate.name]
        ids = np.concatenate([seeds[0].ids for seeds in by_split])
        means = [np.mean([one.probabilities for one in seeds], axis=0) for seeds in by_split]
        return Scores(candidate.name, ids, np.concatenate(means), self.images.label_names)

    def truth(self, ids: np.ndarray) -> Truth:
        """The labels of the test images."""
        images = self.images
        known = images.ids, images.patients, images.labels, images.label_names
        return Truth(*known, images.sites).over(ids, images.label_names)

    def thresholds(self) -> dict[str, np.ndarray]:
        """Thresholds (n, k) of the test images: those given, or else each split's, the mean over
        its seeds; NaN where there was none.

        One over all folds would use the labels that it is evaluated on: a test image of one fold
        is a validation image of another. Of exclusive classes they call the most probable one.
        """
        several = len(self.images.classes) > 2
        chosen = {name: of_splits(by_split, several) for name, by_split in self.fits.items()}
        names = [each.name for each in self.candidates]
        asked = given(self.options.thresholds, self.images.label_names, names)
        return chosen | {
            name: np.tile(each, (len(chosen[name]), 1)) for name, each in asked.items()
        }

    def folds(self) -> np.ndarray | None:
        """Number of each test image's fold, from 1; None without folds."""
        if not self.options.takes_turns:
            return None
        sizes = [len(seeds[0].ids) for seeds in self.fits[self.options.baseline]]
        return np.repeat(np.arange(1, len(sizes) + 1), sizes)

    def prevalences(self) -> np.ndarray:
        """How often each label is among the training images."""
        return prevalence(self._training_labels())

    def training_positives(self) -> np.ndarray:
        """How many training images have each label."""
        return np.count_nonzero(self._training_labels() == 1, axis=0)

    def _training_labels(self) -> np.ndarray:
        return np.concatenate([each.images.labels[each.images.train] for each in self.stages])

    def with_training(
        self, figures: ModelFigures, candidate: Candidate, truth: Truth
    ) -> ModelFigures:
        """The figures with how long a training took, AUCs by seed, and shares of members."""
        by_split = self.fits[candidate.name]
        fits = [*chain.from_iterable(by_split)]
        by_seed = [
            float(
                macro(label_aucs(truth.labels, np.concatenate([one.probabilities for one in seed])))
            )
            for seed in zip(*by_split, strict=True)
        ]
        shares = {
            name: [one.shares[name] for one in fits if name in one.shares]
            for name in dict.fromkeys(chain.from_iterable(one.shares for one in fits))
        }
        training = Training(by_seed, shares, candidate.control)
        seconds = float(np.mean([one.seconds for one in fits]))
        return replace(figures, fit_seconds=seconds, training=training)

    def histories(self) -> dict[str, list[np.ndarray]]:
        """Learning curves of the networks of all models but the controls, one for each training."""
        histories: dict[str, list[np.ndarray]] = {}
        everyone = [*self.candidates, self.metadata_only]
        for name, history in chain.from_iterable(map(self._histories, everyone)):
            histories.setdefault(name, []).append(history)
        return histories

    def setting(self, candidate: Candidate) -> Setting:
        """What sets a model apart from the baseline, as a sentence begins."""
        return Setting(self._setting(candidate), candidate.control)

    def data(self, truth: Truth) -> Data:
        """The images evaluated, with notes on all splits."""
        single = cautions.not_learned([each.images for each in self.stages])
        return provenance.data_of(self.images, truth, [*self.notes_of_splits(), *single])

    def split(self, truth: Truth) -> Split:
        """The split's name and how many images, patients and positives are in each set."""
        images, counts = self.images, split_counts(self.images)
        name, n_images, n_patients = counts["name"], counts["films"], counts["patients"]
        if self.options.takes_turns:
            name = turns.name_of_all(images, self.options)
            n_images, n_patients = {"test": len(truth.ids)}, {"test": len(set(truth.patients))}
        return Split(
            name=name,
            images=n_images,
            patients=n_patients,
            separation=Separation(counts["films_in_no_part"], counts["shared_patients"]),
            labels=provenance.prevalences(self._labels_by_set(), images.label_names),
        )

    def backbones(self) -> list[Backbone]:
        """The networks that computed features, and those that were trained on images."""
        made = [each.make(self.options.seed).get_params() for each in self.candidates]
        trained = {one["backbone"]: one["weights"] for one in made if one.get("backbone")}
        used = [chosen_networks.trained(*each) for each in trained.items()]
        return [*used, *chosen_networks.of_features(self.stages[0])]

    def provenance(self, truth: Truth) -> Provenance:
        """How to repeat the run, with the parameters of models and extractors."""
        made = {"models": self._models(), "extractors": self._extractors()}
        return provenance.provenance_of("compare", self.options, truth, LIBRARIES, made)

    def notes_of_splits(self) -> list[str]:
        """Notes on the images of all splits, and on the models that see age, sex and view."""
        notes = list(dict.fromkeys(note for each in self.stages for note in each.images.notes))
        asked = [each for each in self.candidates if not each.control]
        seeing = [each.name for each in asked if METADATA in each.needs]
        if seeing:
            names = ", ".join(seeing)
            notes.append(Caution(f"{names} also see age, sex and view, which can be shortcuts"))
        elif self.options.metadata:
            notes.append("no model sees age, sex and view: no hybrid here takes them")
        if not self.knows_metadata:
            notes.append(
                "age, sex and view are not known for any image, so there is no metadata-only"
                " baseline"
            )
        return notes

    def _histories(self, candidate: Candidate) -> Iterator[tuple[str, np.ndarray]]:
        if candidate.control:
            return
        for one in chain.from_iterable(self.fits[candidate.name]):
            for network, history in one.histories.items():
                alone = len(one.histories) == 1
                yield candidate.name if alone else f"{candidate.name}: {network}", history

    def _setting(self, candidate: Candidate) -> str:
        if candidate.control:
            return CONTROLS
        kinds, needs = candidate.kinds, {*candidate.needs}
        given = asked_features.kinds(self.stages[0])
        taken = {name: kind for name, kind in given.items() if {name, kind} & needs}
        words = " and ".join(name for name, kind in taken.items() if kind == WORDS)
        deep = [name for name, kind in taken.items() if kind == DEEP]
        if WORDS not in kinds:
            return "Without visual words"
        if not is_hybrid(kinds):
            return f"With {words} alone"
        beside = "the embedding" if DEEP in kinds else "a network trained on images"
        if sum(kind == DEEP for kind in given.values()) > 1 and deep:
            beside = f"the embedding of {deep[0]}" if len(deep) == 1 else "the embeddings of "
            beside += "" if len(deep) == 1 else " and ".join(deep)
        return f"Adding {words} to {beside}"

    def _labels_by_set(self) -> dict[str, np.ndarray]:
        """Labels (n, k) of each set of the split, or of each fold's test images."""
        images = self.images
        if not self.options.takes_turns:
            return {name: images.labels[images.in_set(name)] for name in SETS}
        tested = [each.images for each in self.stages]
        names = (turns.name_of(each, n, self.options) for n, each in enumerate(tested, 1))
        return {name: each.labels[each.test] for name, each in zip(names, tested, strict=True)}

    def _models(self) -> dict[str, Any]:
        return {
            each.name: provenance.plain(each.make(self.options.seed).get_params())
            for each in (*self.candidates, self.metadata_only)
            if not each.control
        }

    def _extractors(self) -> dict[str, Any]:
        computed = {
            name: provenance.plain(branch.extractor.get_params())
            | {"cached in": [each.branches[name].store.folder.name for each in self.stages]}
            for name, branch in self.stages[0].branches.items()
        }
        return computed | {name: each.facts for name, each in self.stages[0].given.items()}
