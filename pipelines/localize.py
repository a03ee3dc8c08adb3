"""`localize`: score heatmaps against boxes, with baselines that ignore the image."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

import storage
from datasets import sources
from datasets.images import TEST, VALIDATION, Images
from datasets.options import command_of
from errors import InvalidOption
from evaluation.bootstrap import check_replicates
from evaluation.localisation_figures import PRIOR, Look, choose_thresholds, evaluate, tunable
from evaluation.location_priors import location_priors
from inference import boxed_images, sanity
from inference.boxed_images import Cases, Looker
from inference.bundle_options import Localize
from inference.images_to_evaluate import in_part
from inference.predictor import Predictor
from models.bundle import Bundle
from pipelines import Result, lung_run
from pipelines.recorded import recorded
from progress import say, step
from reports import localization_text
from reports.member_shares import of_members
from reports.plots import localisation_plot
from reports.plots.plotting import Paper, write

NOTHING = Look([], [])


@recorded("localize")
def run(options: Localize) -> Result:
    """Hit rates and overlaps as text and JSON; tables and a plot are in `--out`."""
    check_replicates(options.replicates)
    paper = Paper.of(options)
    step("loading the bundle")
    chosen = options.embeddings, options.missing
    predictor = Predictor(options.bundle, options.weights, *chosen)
    if options.lungs:
        return lung_run.run(options, predictor, options.lungs)
    images = sources.images_for(options, predictor.bundle.labels)
    say(sources.headline(images))
    labels = [name for name in predictor.bundle.labels if name in images.label_names]
    cases = boxed_images.cases_of(images, labels)
    scored, tuning = chosen_cases(images, cases, options.part)
    needed = np.isin(np.arange(len(images)), cases.rows[scored | tuning])
    asked = images.select(needed)
    readable = sources.checked(with_embeddings(asked, predictor, options), options.jobs)
    here = np.isin(images.ids[cases.rows], readable.ids)
    looker = Looker(images, predictor, options.layer)
    # Several BLAS threads make small products many times slower.
    with threadpool_limits(1, "blas"):
        figures = localized(looker, cases, scored & here, tuning & here, options)
    values = _provenance(images, predictor.bundle, options) | figures
    _write(values, sources.folder(options.out))
    figure = localisation_plot.hit_rates(values, paper.width)
    write(figure, options.out, "hit_rates", paper)
    sources.write_skipped(readable, options.out)
    lines = [*localization_text.lines(values), f"wrote {options.out}"]
    return Result(lines, values, len(readable.skipped))


def with_embeddings(images: Images, predictor: Predictor, options: Localize) -> Images:
    """The images that have the embeddings from files that the bundle takes, if it takes any."""
    if not predictor.from_files:
        return images
    if options.sanity:
        raise InvalidOption(
            "--sanity needs features that can be computed from blurred images; those of"
            f" {' and '.join(predictor.from_files)} come from a file. Leave --sanity out."
        )
    return predictor.known(images)


def chosen_cases(images: Images, cases: Cases, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Masks of the cases that are scored, and of those that thresholds are tuned on."""
    sets = images.sets[cases.rows]
    scored = in_part(sets, part)
    if not scored.any():
        others = ", ".join(f"{np.sum(sets == other)} in {other}" for other in (TEST, VALIDATION))
        way = "Pass --part all" if len(cases) else "Name a data set with a list of boxes by --data"
        raise InvalidOption(
            f"localize needs images with boxes of the bundle's labels; {images.source} has"
            f" {len(cases):,} ({others}), none of them to score. {way}."
        )
    return scored, (sets == VALIDATION) & ~scored


def localized(
    looker: Looker, everyone: Cases, scored: np.ndarray, tuning: np.ndarray, options: Localize
) -> dict[str, Any]:
    """Figures of the scored cases, the tuned thresholds, and sanity checks if asked for."""
    cases, others = everyone.select(scored), everyone.select(tuning)
    looks, to_tune = looker.looks(cases), looker.looks(others)
    priors = location_priors(*everyone.boxed)
    shown = looks | {PRIOR: Look([*priors[scored]], [*cases.boxes])}
    to_tune |= {PRIOR: Look([*priors[tuning]], [*others.boxes])}
    thresholds = {
        name: choose_thresholds(look, cases.findings, to_tune.get(name, NOTHING), others.findings)
        for name, look in shown.items()
    }
    n_replicates = options.replicates
    step("evaluating heatmaps")
    rows = evaluate(shown, thresholds, cases.boxed, n_replicates=n_replicates, seed=options.seed)
    values = {
        "methods": list(looks),
        "films_of_prior": len(everyone),
        "rows": rows,
        "tuned": _tuned(cases, others, thresholds),
    }
    if options.sanity:
        checked = sanity.after_shuffling, sanity.after_deletion
        values["sanity"] = {
            check.__name__: check(looker, cases, looks, n_replicates) for check in checked
        }
    return values


def _provenance(images: Images, bundle: Bundle, options: Localize) -> dict[str, Any]:
    """The data, the bundle, and the command that repeats the evaluation."""
    return {
        "command": command_of("localize", options),
        "synthetic": images.synthetic,
        "data": images.source,
        "split": images.split_name,
        "part": options.part,
        "bundle": str(options.bundle),
        "classifier": bundle.name,
        "member_shares": bundle.classifier.member_shares,
        "notes": [
            *boxed_images.notes(images, bundle, options.part == TEST),
            *of_members(bundle.classifier),
        ],
    }


def _tuned(cases: Cases, others: Cases, thresholds: dict[str, np.ndarray]) -> dict[str, Any]:
    """The threshold of each method for each finding with enough images to tune it."""
    return {
        finding: {
            look: float(chosen[cases.findings == finding][0]) for look, chosen in thresholds.items()
        }
        for finding in dict.fromkeys(cases.findings)
        if finding in tunable(others.findings)
    }


def _write(values: dict[str, Any], out: Path) -> None:
    storage.write_text(out / "localize.json", json.dumps(values, indent=1))
    rows = [
        (finding, look, figure, estimate["value"], *(estimate["ci"] or (None, None)))
        for finding, row in values["rows"].items()
        for look, figures in row["looks"].items()
        for figure, estimate in figures.items()
    ]
    columns = ["finding", "look", "figure", "value", "low", "high"]
    storage.write_table(out / "localize.csv", pd.DataFrame(rows, columns=columns))
