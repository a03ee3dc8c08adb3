"""What changes of acquisition cost the models of a report, as frozen dataclasses."""

from dataclasses import dataclass
from typing import Annotated

from reports.cause_figures import Part
from reports.json_trees import OPTIONAL


@dataclass(frozen=True)
class Amounts:
    """What each severity of a change means, in a unit."""

    unit: str
    amounts: dict[str, float]


@dataclass(frozen=True)
class Aucs:
    """The macro AUC on images in one condition, and on changed ones what it lost."""

    macro_auc: Part
    loss: Annotated[Part | None, OPTIONAL] = None


@dataclass(frozen=True)
class Seen:
    """The figures of a model on images in one condition."""

    figures: Aucs


@dataclass(frozen=True)
class Tested(Part):
    """A difference with its p value, and p corrected for the number of changes."""

    p: float | None
    p_holm: float | None


@dataclass(frozen=True)
class Cost:
    """What a change costs, as the mean over severities: the loss of each model.

    Of a model and the baseline also the first loss less the second, the corruption error, and the
    gain on changed images.
    """

    losses: dict[str, Part]
    difference: Annotated[Tested | None, OPTIONAL] = None
    corruption_error: Annotated[Part | None, OPTIONAL] = None
    gain: Annotated[Part | None, OPTIONAL] = None


@dataclass(frozen=True)
class Robustness:
    """Models on test images, unchanged and by change and severity; what each change costs by model.

    `left_out` are the models that saw unchanged images alone.
    """

    baseline: str
    models: list[str]
    left_out: list[str]
    changes: dict[str, Amounts]
    unchanged: dict[str, Seen]
    changed: dict[str, dict[str, dict[str, Seen]]]
    summary: dict[str, dict[str, Cost]]
