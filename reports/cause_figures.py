"""What may explain a drop at another hospital, in a report, as frozen dataclasses."""

from dataclasses import dataclass
from typing import Annotated

from reports.json_trees import OPTIONAL, Key

Interval = list[float] | None


@dataclass(frozen=True)
class SiteImages:
    """The images of a site: quartiles of age, shares of sexes, views and findings.

    `statistics` has quartiles of size, bit depth, exposure, contrast and sharpness.
    """

    images: Annotated[int, Key("films")]
    patients: int
    age: list[float] | None
    sex: dict[str, float]
    view: dict[str, float]
    prevalence: dict[str, float | None]
    statistics: dict[str, list[float]]


@dataclass(frozen=True)
class Probed:
    """How well a block of features distinguishes two sites, over patients that are kept apart."""

    auc: float | None
    auc_ci: Interval
    auc_ci_missing: str | None
    positives: Annotated[int | None, OPTIONAL] = None
    images: Annotated[int | None, Key("films"), OPTIONAL] = None
    patients: Annotated[int | None, OPTIONAL] = None


@dataclass(frozen=True)
class Part:
    """A macro AUC, or a difference of two, with its interval or the reason why it has none."""

    value: float | None
    ci: Interval
    ci_missing: str | None


@dataclass(frozen=True)
class Reweighted:
    """A model's macro AUC inside, weighted to the mix outside, and outside.

    `explained` is the part of the `drop` that weighting explains, `covered` the share of images
    outside that have a counterpart inside.
    """

    inside: Part
    weighted: Part
    outside: Part
    drop: Part
    explained: Part
    labels: int
    covered: float
    effective_images: Annotated[float, Key("effective_films")]


@dataclass(frozen=True)
class Causes:
    """Both sites side by side; how well each block of features distinguishes them; and, by model,
    what another mix of patients explains, by the `variables` that both sites know.
    """

    inside: SiteImages
    outside: SiteImages
    site_auc: dict[str, Probed]
    variables: list[str]
    reweighted: dict[str, Reweighted]
