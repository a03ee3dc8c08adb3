"""Models on changed images: all figures of the command `robustness`, and images to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from datasets import sources
from datasets.image_change import Acquisition, amounts
from evaluation import robustness_summary, severity_figures
from evaluation.robustness_summary import Pair
from evaluation.severity_figures import AUC, Drawn, Measured, Seen
from evaluation.truth import Truth
from inference.changed_features import Blocks, BundleFeatures
from inference.changed_predictions import ChangedPredictions
from inference.working_bundle import WorkingBundle
from progress import step, track


class Condition(NamedTuple):
    """The macro AUC of each model, and all its figures as plain values."""

    aucs: dict[str, Drawn]
    values: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class RobustnessStudy:
    """Models on the same images, unchanged and changed; the first is compared with the second."""

    models: Mapping[str, WorkingBundle]
    features: BundleFeatures
    truth: Truth
    n_replicates: int
    seed: int

    def figures(self, changes: Mapping[str, Mapping[int, Acquisition]]) -> dict[str, Any]:
        """All figures: of unchanged images, of each change and severity, and what they cost."""
        conditions: dict[str, dict[int, Condition]] = {}
        for name, severities in track(changes.items(), "changes", len(changes), "changes"):
            after = self.features.after([*severities.values()])
            step(f"evaluating {name}")
            conditions[name] = dict(zip(severities, map(self.condition, after), strict=True))
        unchanged = self.condition(self.features.unchanged())
        pair = Pair(*self.models) if len(self.models) > 1 else None
        curves = {
            name: {severity: each.aucs for severity, each in by_severity.items()}
            for name, by_severity in conditions.items()
        }
        return {
            "baseline": pair.baseline if pair else None,
            "changes": {name: amounts(severities) for name, severities in changes.items()},
            "unchanged": unchanged.values,
            "changed": {
                name: {str(severity): each.values for severity, each in by_severity.items()}
                for name, by_severity in conditions.items()
            },
            "summary": robustness_summary.summary(unchanged.aucs, curves, pair),
        }

    def condition(self, blocks: Mapping[str, Blocks]) -> "Condition":
        """The figures of all models for features of images in one condition, by model."""
        aucs, values = {}, {}
        for name, model in self._models.items():
            own = self._measured(name, model.seen(blocks[name]))
            aucs[name] = own.figures[AUC]
            values[name] = {
                "figures": {figure: each.estimate for figure, each in own.figures.items()},
                "labels": {label: each.estimate for label, each in own.labels.items()},
                "blocks": self._blocks(name, blocks[name]),
            }
        return Condition(aucs, values)

    @cached_property
    def _models(self) -> dict[str, ChangedPredictions]:
        unchanged, images = self.features.unchanged(), self.features.images
        return {
            name: ChangedPredictions(
                model,
                unchanged[name],
                images.meta,
                [model.bundle.labels.index(label) for label in self.truth.label_names],
            )
            for name, model in self.models.items()
        }

    @cached_property
    def _plain(self) -> dict[str, tuple[Seen, Drawn]]:
        """What each model sees in unchanged images, and its AUC."""
        seen = {name: model.seen(model.unchanged) for name, model in self._models.items()}
        return {name: (each, self._auc(each)) for name, each in seen.items()}

    def _measured(self, name: str, seen: Seen) -> Measured:
        drawn = self.n_replicates, self.seed
        return severity_figures.measured(self.truth, seen, self._plain[name][0], *drawn)

    def _auc(self, seen: Seen) -> Drawn:
        drawn = self.n_replicates, self.seed
        return severity_figures.macro_auc(self.truth, seen.probabilities, *drawn)

    def _blocks(self, name: str, blocks: Blocks) -> dict[str, dict[str, Any]]:
        """For each block its share of the attribution, and the loss if it alone is changed."""
        model, (_, unchanged) = self._models[name], self._plain[name]
        alone = {block: self._auc(seen) for block, seen in model.alone(blocks).items()}
        return {
            block: {"share": share}
            | ({"loss_alone": (unchanged - alone[block]).estimate} if block in alone else {})
            for block, share in model.shares(blocks).items()
        }


def examples(
    features: BundleFeatures, changes: Mapping[str, Mapping[int, Acquisition]]
) -> dict[str, list[np.ndarray]]:
    """One image, unchanged and after each change, by the name of the change."""
    images = features.images
    positive = np.flatnonzero((images.labels == 1).any(axis=1))
    row = int(positive[0]) if len(positive) else 0
    key = features.plain.keys()[row]
    plane = sources.read_or_blank(images.paths[row])
    return {
        name: [plane, *(change(plane, images.ids[row], key) for change in severities.values())]
        for name, severities in changes.items()
    }
