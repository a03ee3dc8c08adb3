"""Why figures may drop on an external data set: other patients, other images, known sites."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from datasets import image_statistics, sources
from datasets.images import SITE, TEST, Images
from evaluation import reweighting
from evaluation.reported_labels import prevalence
from evaluation.reweighting import Cells
from evaluation.site_scores import SiteScores
from features.extracted import Extracted
from models.probe import MOST_IMAGES, Targets, probe, sampled
from models.views import PIXELS
from pipelines import asked_features
from pipelines.comparing.comparison_run import ComparisonRun
from pipelines.comparing.external_sets import Site
from progress import stage
from reports.cause_figures import Causes
from reports.json_trees import from_json
from reports.report_tree import Report

QUARTILES = (25, 50, 75)
# Images of a site that are looked at; quartiles of more would hardly differ.
MOST_FILES = 300
# Of views, the most common ones are named.
NAMED_VALUES = 4


def of_run(run: ComparisonRun, predicted: Sequence[SiteScores]) -> dict[str, Causes]:
    """What may explain a drop on each external data set, by its name; over images, not studies."""
    found = {}
    for site, scores in zip(run.sites, predicted, strict=True):
        with stage(f"comparing {site.name} with the test images"):
            found[site.name] = _of_site(run, site, scores)
    return found


def within(report: Report, causes: Mapping[str, Causes]) -> Report:
    """The report with what may explain a drop on each external data set."""
    if not report.external:
        return report
    sites = {name: replace(each, causes=causes[name]) for name, each in report.external.items()}
    return replace(report, external=sites)


def _of_site(run: ComparisonRun, site: Site, predicted: SiteScores) -> Causes:
    jobs, seed = sources.cores(run.options.jobs), run.options.seed
    tested = run.images.select(run.images.rows(run.scores(run.candidates[0]).ids))
    pair = {"inside": tested, "outside": site.images}
    cells = reweighting.cells_of(tested.meta, site.images.meta)
    values: dict[str, Any] = {
        name: _described(images, predicted.truth.label_names, jobs, seed)
        for name, images in pair.items()
    }
    values["site_auc"] = _site_auc(run.stages[0], site.stages[0], seed)
    values["variables"] = list(cells.variables)
    values["reweighted"] = _reweighted(run, tested, predicted, cells) if cells.variables else {}
    return from_json(Causes, values)


def _described(images: Images, labels: Sequence[str], jobs: int, seed: int) -> dict[str, Any]:
    """The images of one site, counted and measured."""
    ages = images.meta["age"].dropna().astype(float)
    columns = [images.label_names.index(label) for label in labels]
    known = ~np.isnan(images.labels[:, columns]).all(axis=0)
    shares = np.where(known, prevalence(images.labels[:, columns]), np.nan)
    return {
        "films": len(images),
        "patients": len(set(images.patients)),
        "age": None if ages.empty else np.percentile(ages, QUARTILES).tolist(),
        "sex": _shares(images.meta["sex"]),
        "view": _shares(images.meta["view"]),
        "prevalence": {
            label: None if np.isnan(share) else float(share)
            for label, share in zip(labels, shares, strict=True)
        },
        "statistics": _statistics(images, jobs, seed),
    }


def _statistics(images: Images, jobs: int, seed: int) -> dict[str, list[float]]:
    """Quartiles of the statistics of up to so many images, chosen at random; {} for no file."""
    chosen = np.random.default_rng(seed).permutation(len(images))[:MOST_FILES]
    table = image_statistics.measured(images.paths[chosen], jobs).table.dropna(how="all")
    known = {name: table[name].dropna() for name in table}
    return {
        name: np.percentile(values, QUARTILES).tolist()
        for name, values in known.items()
        if len(values)
    }


def _shares(values: pd.Series) -> dict[str, float]:
    """The share of each common value, and of the others together."""
    shares = values.replace("", "unknown").value_counts(normalize=True)
    named = {str(name): float(share) for name, share in shares[:NAMED_VALUES].items()}
    rest = float(shares[NAMED_VALUES:].sum())
    return named | ({"others": rest} if rest else {})


def _site_auc(inside: Extracted, outside: Extracted, seed: int) -> dict[str, dict[str, Any]]:
    """How well each block of features, and age, sex and view, distinguish both sites."""
    ours = np.flatnonzero(inside.images.in_set(TEST))
    ours = ours[sampled(inside.images.patients[ours], MOST_IMAGES // 2, seed)]
    theirs = sampled(outside.images.patients, MOST_IMAGES // 2, seed)
    patients = np.array(
        [f"inside {each}" for each in inside.images.patients[ours]]
        + [f"outside {each}" for each in outside.images.patients[theirs]],
        object,
    )
    second = np.repeat([0, 1], [len(ours), len(theirs)]).astype(np.float32)
    targets = Targets((SITE,), second[:, None])
    here, there = (asked_features.views_of(each, metadata=True) for each in (inside, outside))
    found = {}
    for name, block in here.blocks.items():
        # The features of a network that is trained on images are those of its training.
        if block.kind != PIXELS:
            pair = block.values[ours], there.blocks[name].values[theirs]
            values = np.concatenate([np.asarray(each) for each in pair])
            found[name] = probe(values, targets, patients, seed=seed)[SITE]
    return found


def _reweighted(
    run: ComparisonRun, tested: Images, predicted: SiteScores, cells: Cells
) -> Mapping[str, dict[str, Any]]:
    """What the mix of patients explains of the drop of each model but the controls."""
    truth, labels = predicted.truth, predicted.truth.label_names
    found = {}
    for each in run.candidates:
        if each.control:
            continue
        own = run.scores(each).over(tested.ids, labels).probabilities
        known = run.truth(tested.ids).over(tested.ids, labels)
        figures = reweighting.explained(
            reweighting.Site(known.labels, own, known.owners, cells.inside),
            reweighting.Site(
                truth.labels, predicted.scores[each.name].probabilities, truth.owners, cells.outside
            ),
            seed=run.options.seed,
        )
        if figures["labels"]:
            found[each.name] = figures
    return found
