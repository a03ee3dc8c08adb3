"""A comparison when all is trained: what every contender says of the films, and its making."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from datasets.images import SETS, Images
from datasets.patients import unit
from datasets.summary import split_counts
from evaluation.auc import label_aucs, macro
from evaluation.prevalence_baseline import prevalence
from evaluation.scores import Scores
from evaluation.truth import Truth
from features.extracted import Extracted
from features.extractor import is_network
from models.views import DEEP, METADATA, WORDS
from pipelines import chosen_networks
from pipelines.chosen_extractors import kind_of
from pipelines.command_options import Compare
from pipelines.comparing.candidates import Contender, is_hybrid
from pipelines.comparing.run_cache import Fit
from reports import provenance
from reports.wording import KINDS, Report

LIBRARIES = ("numpy", "pandas", "scikit-learn", "keras")


@dataclass(frozen=True)
class Contest:
    """Contenders, the last of which sees metadata alone; their fits by name, split and seed; and
    the films of every split with their vectors."""

    contenders: Sequence[Contender]
    fits: dict[str, list[list[Fit]]]
    stages: Sequence[Extracted]
    options: Compare

    @property
    def images(self) -> Images:
        """The films as the first split parts them."""
        return self.stages[0].images

    @property
    def knows_metadata(self) -> bool:
        """Whether age, sex or view is known of any film."""
        return bool(self.images.meta.replace("", np.nan).notna().any(axis=None))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every model with the baseline."""
        names = [each.name for each in self.contenders[:-1]]
        return [(name, self.options.baseline) for name in names if name != self.options.baseline]

    def scores(self) -> list[Scores]:
        """Seed-averaged probabilities of every film tested, split after split."""
        return [_scores(each.name, self.fits[each.name], self.images) for each in self.contenders]

    def truth(self, ids: np.ndarray) -> Truth:
        """What the films tested really show."""
        images = self.images
        every = Truth(images.ids, images.patients, images.labels, images.label_names)
        return every.over(ids, images.label_names)

    def thresholds(self) -> dict[str, np.ndarray]:
        """Thresholds (n, k) of the films tested: each split's, the mean over its seeds; NaN where
        there was none.

        One over all folds would know the labels that it judges: a film tested in one fold is
        validated on in another.
        """
        return {name: _thresholds(by_split) for name, by_split in self.fits.items()}

    def prevalences(self) -> np.ndarray:
        """How often each label is among the films learned from."""
        return prevalence(
            np.concatenate([each.images.labels[each.images.train] for each in self.stages])
        )

    def trainings(self, truth: Truth) -> dict[str, dict[str, Any]]:
        """How long a training took, the macro AUC of each seed alone, and who is a control."""
        return {
            each.name: _trainings(self.fits[each.name], truth) | {"control": each.control}
            for each in self.contenders[:-1]
        }

    def cautions(self) -> list[str]:
        """What models, controls aside, give weight 0 in some of their trainings."""
        told = []
        for each in self.contenders[:-1]:
            trainings = [*chain.from_iterable(self.fits[each.name])]
            kinds = dict.fromkeys(chain.from_iterable(one.weightless for one in trainings))
            for kind in () if each.control else kinds:
                count = sum(kind in one.weightless for one in trainings)
                where = f" in {count} of {len(trainings)} trainings" * (len(trainings) > 1)
                told.append(f"{each.name} gives {KINDS[kind]} weight 0{where}")
        return told

    def histories(self) -> dict[str, list[np.ndarray]]:
        """How every network of every model but the controls learned, one for each training."""
        told: dict[str, list[np.ndarray]] = {}
        for name, history in chain.from_iterable(map(self._histories, self.contenders)):
            told.setdefault(name, []).append(history)
        return told

    def settings(self) -> dict[str, dict[str, Any]]:
        """What sets each model apart from the baseline, as a sentence begins."""
        return {
            each.name: {"setting": self._setting(each), "control": each.control}
            for each in self.contenders
        }

    def circumstances(self, truth: Truth) -> Report:
        """All of the report but the figures: what was judged, and what is needed to repeat it."""
        images = self.images
        single = provenance.not_learned([each.images for each in self.stages])
        told: Report = {
            "synthetic": images.synthetic,
            "data": provenance.data_of(images, truth, [*self._notes(), *single]),
            "split": self._split(truth),
            "backbones": self._backbones(),
        } | provenance.told("compare", self.options, truth, LIBRARIES)
        told["configuration"] |= {"models": self._models(), "extractors": self._extractors()}
        return told

    def _notes(self) -> list[str]:
        """What a reader must know of the films of any split, and who sees more than films."""
        notes = list(dict.fromkeys(note for each in self.stages for note in each.images.notes))
        asked = [each for each in self.contenders[:-1] if not each.control]
        made = {each.name: each.make(self.options.seed) for each in asked}
        seeing = [name for name, one in made.items() if METADATA in one.needs]
        if seeing:
            notes.append(
                f"age, sex and view are shown to {', '.join(seeing)}: they teach shortcuts"
            )
        elif self.options.metadata:
            notes.append("age, sex and view are shown to no model: no hybrid here takes them")
        if not self.knows_metadata:
            notes.append("age, sex and view are known of no film, so what they alone reach is not")
        return notes

    def _histories(self, contender: Contender) -> Iterator[tuple[str, np.ndarray]]:
        if contender.control:
            return
        for one in chain.from_iterable(self.fits[contender.name]):
            for network, history in one.histories.items():
                alone = len(one.histories) == 1
                yield contender.name if alone else f"{contender.name}: {network}", history

    def _setting(self, contender: Contender) -> str:
        if contender.control:
            return "Controls of equal width"
        kinds = contender.make(self.options.seed).needs
        words = " and ".join(name for name in self.stages[0].branches if kind_of(name) == WORDS)
        if WORDS not in kinds:
            return "Without words"
        if not is_hybrid(kinds):
            return f"On {words} alone"
        beside = "deep vectors" if DEEP in kinds else "a network trained on films"
        return f"Adding {words} to {beside}"

    def _split(self, truth: Truth) -> dict[str, Any]:
        """The split's name and how many films, patients and positives are in its parts."""
        images = self.images
        if not self.options.folds:
            sets = {name: images.labels[images.in_set(name)] for name in SETS}
            counts = provenance.prevalences(sets, images.label_names)
            return split_counts(images) | {"labels": counts}
        tested = [each.images for each in self.stages]
        sets = {f"fold {n + 1}": each.labels[each.test] for n, each in enumerate(tested)}
        dealt = unit(images.patients_from)
        return split_counts(images) | {
            "name": f"{self.options.folds} folds by {dealt}, seed {self.options.seed}",
            "films": {"test": len(truth.ids)},
            "patients": {"test": len(set(truth.patients))},
            "labels": provenance.prevalences(sets, images.label_names),
        }

    def _models(self) -> dict[str, Any]:
        return {
            each.name: provenance.plain(each.make(self.options.seed).get_params())
            for each in self.contenders
            if not each.control
        }

    def _backbones(self) -> list[dict[str, Any]]:
        """The networks that computed features, and those that were trained on images."""
        made = [each.make(self.options.seed).get_params() for each in self.contenders]
        trained = {one["backbone"]: one["weights"] for one in made if "backbone" in one}
        branches = self.stages[0].branches.items()
        return [chosen_networks.trained(*each) for each in trained.items()] + [
            chosen_networks.computed(name, branch.extractor, branch.store.recipe)
            for name, branch in branches
            if is_network(branch.extractor)
        ]

    def _extractors(self) -> dict[str, Any]:
        return {
            name: provenance.plain(branch.extractor.get_params())
            | {"cached in": [each.branches[name].store.folder.name for each in self.stages]}
            for name, branch in self.stages[0].branches.items()
        }


def _scores(name: str, by_split: list[list[Fit]], images: Images) -> Scores:
    ids = np.concatenate([seeds[0].ids for seeds in by_split])
    means = [np.mean([one.probabilities for one in seeds], axis=0) for seeds in by_split]
    return Scores(name, ids, np.concatenate(means), images.label_names)


def _thresholds(by_split: list[list[Fit]]) -> np.ndarray:
    return np.concatenate([np.tile(_of_split(seeds), (len(seeds[0].ids), 1)) for seeds in by_split])


def _of_split(seeds: list[Fit]) -> np.ndarray:
    """Each label's threshold, the mean over seeds, (k,)."""
    chosen = np.array([one.thresholds for one in seeds])
    known = ~np.isnan(chosen)
    sums = np.where(known, chosen, 0).sum(axis=0)
    return np.where(known.any(axis=0), sums / np.maximum(known.sum(axis=0), 1), np.nan)


def _trainings(by_split: list[list[Fit]], truth: Truth) -> dict[str, Any]:
    seconds = [one.seconds for seeds in by_split for one in seeds]
    by_seed = [
        float(macro(label_aucs(truth.labels, np.concatenate([one.probabilities for one in seed]))))
        for seed in zip(*by_split, strict=True)
    ]
    shares = [one.shares for seeds in by_split for one in seeds]
    return {
        "fit_seconds": float(np.mean(seconds)),
        "macro_auc_by_seed": by_seed,
        "member_shares": {
            name: [each[name] for each in shares if name in each]
            for name in dict.fromkeys(chain.from_iterable(shares))
        },
    }
